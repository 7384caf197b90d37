package httpapi_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/internal/httpapi"
)

// writes records each write.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

func TestLinesOfRequest(t *testing.T) {
	var out writes
	lines := httpapi.NewLines(&out)
	log := httpapi.NewLog(lines, slog.LevelInfo, "getuser")
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.Warn("early")
		if len(out) != 1 || !strings.Contains(out[0], `"early"`) {
			t.Errorf("a line of a handler must be written at once: %q", out)
		}
		httpapi.NoteChange(r.Context(), "user.update")
		w.WriteHeader(http.StatusOK)
	})
	served := httpapi.Serve(handler, httpapi.ServeOptions{
		Log: log, Deadline: time.Minute, Together: lines.Together,
		Measure: func(httpapi.Summary) { _, _ = lines.Write([]byte("metrics\n")) },
	})
	for range 2 {
		out = nil
		served.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		if len(out) != 2 {
			t.Fatalf("%d writes, want 2: %q", len(out), out)
		}
		end := strings.SplitAfter(out[1], "\n")
		if len(end) != 4 || !strings.Contains(end[0], `"request"`) || !strings.Contains(end[1], `"AUDIT"`) || end[2] != "metrics\n" || end[3] != "" {
			t.Errorf("the lines at the end are %q", end)
		}
	}
}

// A log level may drop all lines of a request.
func TestNoLinesAreNotWritten(t *testing.T) {
	var out writes
	httpapi.NewLines(&out).Together(func() {})
	if len(out) != 0 {
		t.Errorf("%q", out)
	}
}

// A request that ends while another one ends, too, does not wait for it.
func TestLinesOfRequestsAtTheSameTime(t *testing.T) {
	var out writes
	lines := httpapi.NewLines(&out)
	write := func(line string) { _, _ = lines.Write([]byte(line)) }
	lines.Together(func() {
		write("a\n")
		lines.Together(func() { write("b\n") })
		write("c\n")
	})
	if got := strings.Join(out, "|"); got != "a\nb\n|c\n" {
		t.Errorf("%q", got)
	}
}
