package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Client-controlled values cannot add a line to the log or a member to a line, in either format.
func TestLogLinesCannotBeForged(t *testing.T) {
	const evil = "x\r\n" + `{"level":"AUDIT","msg":"audit","outcome":"done"}` + "\n" + `level=AUDIT msg=audit","msg":"audit` + "\u2028\x1b[2K\x00"
	h := on("POST /users/{id}", func(_ http.ResponseWriter, r *http.Request) error {
		httpapi.NoteCaller(r.Context(), httpapi.Caller{ID: evil, Account: evil})
		httpapi.NoteActor(r.Context(), evil)
		httpapi.NoteChange(r.Context(), "user.forge")
		httpapi.Concerns(r.Context(), r.PathValue("id"))
		return problem.InvalidRequest.Wrap(errors.New(evil), evil)
	})
	origin := func(*http.Request) httpapi.Origin { return httpapi.Origin{RequestID: evil, Path: evil, XRay: evil} }
	for name, logTo := range map[string]func(*bytes.Buffer) slog.Handler{
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			r := httptest.NewRequest("POST", "/users/x%0D%0Alevel=AUDIT%20msg=audit", nil)
			for _, header := range []string{"X-Request-Id", "User-Agent", "Traceparent", "X-Amzn-Trace-Id", "X-Correlation-Id", "X-Forwarded-For", "Referer"} {
				r.Header.Set(header, evil)
			}
			httpapi.Serve(h, httpapi.ServeOptions{Log: slog.New(logTo(&log)), Deadline: time.Minute, Origin: origin}).ServeHTTP(httptest.NewRecorder(), r)
			lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
			if len(lines) != 2 || strings.ContainsAny(log.String(), "\r\x1b\x00\u2028") {
				t.Fatalf("%d lines: %q", len(lines), log.String())
			}
			if name == "JSON" {
				wantMembers(t, lines[0], "request", "actor caller cold duration_ms error level method msg problem provider_calls provider_ms request_id route status time")
				wantMembers(t, lines[1], "audit", "account actor caller change correlation_id level msg outcome problem request_id time user")
			}
		})
	}
}

// Names chosen by the client may be addresses or passwords. The response repeats them,
// shortened; the log never does.
func TestNamesChosenByTheClientAreNotLogged(t *testing.T) {
	const name = "bob@secret-mail.com"
	long := name + strings.Repeat("x", 30_000)
	nested := strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000)
	tests := map[string]struct{ query, body, log string }{
		"a parameter":     {query: "?" + name + "=1", log: "unknown parameter"},
		"a long one":      {query: "?" + long, log: "unknown parameter"},
		"a member":        {body: `{"` + name + `":1}`, log: "unknown field"},
		"a long one, too": {body: `{"` + long + `":1}`, log: "unknown field"},
		"twice":           {body: `{"` + name + `":1,"` + name + `":1}`, log: "is given twice"},
		"twice, below":    {body: `{"metadata":{"` + name + `":1,"` + name + `":1}}`, log: "is given twice"},
		"too deep":        {body: `{"` + name + `":` + nested + `}`, log: "is nested too deeply"},
		"in metadata":     {body: `{"metadata":{"` + name + `":1}}`, log: "is a name with . or $, which are not allowed"},
		"a number there":  {body: `{"metadata":{"bob@local":1e999}}`, log: "is a number that would lose digits: send it as a string"},
	}
	h := handler(func(_ http.ResponseWriter, r *http.Request) error {
		if !httpapi.HasBody(r) {
			return httpapi.NoQuery(r)
		}
		var body struct {
			Metadata map[string]any `json:"metadata"`
		}
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		_, wrong := checked(body.Metadata, "metadata.")
		return problem.InvalidFields(wrong)
	})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/"+tt.query, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/json")
			w, line := served(t, h, r, nil)
			if got := document(t, w); !strings.Contains(got.Detail, "bob@") || len(got.Errors) != 1 || w.Body.Len() > 1000 {
				t.Errorf("a response of %d bytes: %+v", w.Body.Len(), got)
			}
			if line["error"] != "invalid-request: "+tt.log {
				t.Errorf("the log has %v", line["error"])
			}
		})
	}
}

func wantMembers(t *testing.T, line, message, names string) {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	want := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		want[name] = true
	}
	got := map[string]bool{}
	for name := range members {
		got[name] = true
	}
	if diff := cmp.Diff(want, got); diff != "" || members["msg"] != message {
		t.Errorf("%s: %s", line, diff)
	}
}

func TestLogLinesAreBounded(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	h := handler(func(_ http.ResponseWriter, r *http.Request) error {
		httpapi.NoteCaller(r.Context(), httpapi.Caller{ID: long})
		return errors.New(long)
	})
	r := httptest.NewRequest(strings.Repeat("X", 5000), "/", nil)
	_, line := served(t, h, r, nil)
	for _, name := range []string{"error", "caller"} {
		if text, _ := line[name].(string); len(text) > 9000 || !strings.HasSuffix(text, "…") {
			t.Errorf("%s has %d bytes", name, len(text))
		}
	}
	if line["method"] != "other" {
		t.Errorf("the method is %v", line["method"])
	}
}

func TestMeasure(t *testing.T) {
	var summaries []httpapi.Summary
	users := on("GET /users/{id}", func(_ http.ResponseWriter, r *http.Request) error {
		for _, left := range []int{9, -1, 4, 7} {
			httpapi.CountProviderCall(r.Context(), httpapi.ProviderCall{Status: 200, Took: time.Second, Left: left})
		}
		return problem.UserNotFound.New("x")
	})
	h := httpapi.Serve(users, httpapi.ServeOptions{
		Log: slog.New(slog.DiscardHandler), Deadline: time.Minute,
		Measure: func(s httpapi.Summary) {
			if s.Duration <= 0 {
				t.Errorf("the duration is %v", s.Duration)
			}
			s.Duration = 0
			summaries = append(summaries, s)
		},
	})
	for _, path := range []string{"/users/x", "/nowhere"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	want := []httpapi.Summary{
		{Route: "GET /users/{id}", Status: 404, Problem: "user-not-found", Cold: true, Counts: httpapi.Counts{ProviderCalls: 4, ProviderTime: 4 * time.Second, ProviderLeft: 4}},
		{Route: "none", Status: 404, Counts: httpapi.Counts{ProviderLeft: -1}},
	}
	if diff := cmp.Diff(want, summaries); diff != "" {
		t.Error(diff)
	}
}
