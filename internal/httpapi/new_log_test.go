package httpapi_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/version"
)

func TestNewLog(t *testing.T) {
	var out bytes.Buffer
	log := httpapi.NewLog(&out, slog.LevelError, "getuser").With("a", 1).WithGroup("g")
	log.Warn("dropped")
	log.Error("broken", "b", 2)
	log.Log(t.Context(), httpapi.LevelAudit, "audit", "b", 2)
	var got []map[string]any
	for line := range strings.Lines(out.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		delete(entry, "time")
		got = append(got, entry)
	}
	line := func(level, message string) map[string]any {
		return map[string]any{
			"level": level, "msg": message, "function": "getuser", "version": version.Number,
			"a": 1.0, "g": map[string]any{"b": 2.0},
		}
	}
	if diff := cmp.Diff([]map[string]any{line("ERROR", "broken"), line("AUDIT", "audit")}, got); diff != "" {
		t.Error(diff)
	}
}

// The output need not be safe for concurrent use: audit lines and other lines share a lock.
func TestNewLogWritesOneLineAtATime(t *testing.T) {
	var out bytes.Buffer
	log := httpapi.NewLog(&out, slog.LevelInfo, "getuser")
	var writers sync.WaitGroup
	for _, level := range []slog.Level{slog.LevelInfo, httpapi.LevelAudit} {
		writers.Go(func() {
			for range 2000 {
				log.Log(t.Context(), level, "x")
			}
		})
	}
	writers.Wait()
	n := 0
	for line := range strings.Lines(out.String()) {
		if n++; !json.Valid([]byte(line)) {
			t.Fatalf("line %d is %q", n, line)
		}
	}
	if n != 4000 {
		t.Errorf("%d lines, want 4000", n)
	}
}
