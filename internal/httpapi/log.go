package httpapi

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"usher/internal/problem"
)

// maxLogged limits one value in a log line, in bytes. CloudWatch cuts lines of more than
// 256 KB, which makes them invalid JSON.
const maxLogged = 8 << 10

// methods lists the HTTP methods that are logged by name. Any other value is
// client-controlled and logged as "other".
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true,
	http.MethodPatch: true, http.MethodDelete: true, http.MethodOptions: true,
}

// summarize returns the summary of a completed request.
func summarize(r *http.Request, status int, took time.Duration) Summary {
	rec := recordOf(r.Context())
	rec.counting.Lock()
	s := Summary{Cold: rec.cold, Counts: rec.counts}
	rec.counting.Unlock()
	s.Route, s.Status, s.Duration = r.Pattern, status, took
	if s.Route == "" {
		s.Route = "none" // never the path, which the client controls
	}
	if rec.err != nil {
		s.Problem = problem.From(rec.err).Kind.Code
	}
	return s
}

// logRequest writes the request's log line. The only client-controlled values in it are the
// checked IDs; of invalid inputs it has only the names that the service knows.
func logRequest(r *http.Request, log *slog.Logger, s Summary) {
	ctx := r.Context()
	rec := recordOf(ctx)
	method := r.Method
	if !methods[method] {
		method = "other"
	}
	attrs := append(rec.ids(),
		slog.String("method", method),
		slog.String("route", s.Route),
		slog.Int("status", s.Status),
		slog.Int64("duration_ms", s.Duration.Milliseconds()),
		slog.Bool("cold", s.Cold),
		slog.Int64("provider_calls", s.ProviderCalls),
		slog.Int64("provider_ms", s.ProviderTime.Milliseconds()),
	)
	attrs = append(attrs, rare(s)...)
	if rec.caller.ID != "" {
		attrs = append(attrs, slog.String("caller", bounded(rec.caller.ID)))
	}
	if rec.actor != "" {
		attrs = append(attrs, slog.String("actor", loggedID(rec.actor)))
	}
	level := slog.LevelInfo
	if rec.err != nil {
		attrs = append(attrs, slog.String("problem", s.Problem), slog.String("error", bounded(rec.err.Error())))
		// After a late panic s.Status is not the problem's.
		if max(problem.From(rec.err).Kind.Status, s.Status) >= http.StatusInternalServerError {
			level = slog.LevelError
		}
	}
	log.LogAttrs(ctx, level, "request", attrs...)
}

// rare returns the counts that are logged only if they are not 0.
func rare(s Summary) []slog.Attr {
	var attrs []slog.Attr
	for _, count := range []struct {
		name string
		n    int64
	}{
		{"provider_retries", s.Retries}, {"provider_retries_refused", s.RetriesRefused}, {"over_quota", s.OverQuota}, {"provider_throttled", s.Throttled}, {"token_fetches", s.TokenFetches},
		{"credentials_refused", s.Refused}, {"secret_failures", s.SecretFailures},
		{"unreadable_members", s.Unreadable},
	} {
		if count.n > 0 {
			attrs = append(attrs, slog.Int64(count.name, count.n))
		}
	}
	return attrs
}

// usualAttrs is the number of attributes of a line that nothing unusual is added to.
const usualAttrs = 12

// ids returns the IDs of a request's log lines: its own and those of its traces.
func (rec *record) ids() []slog.Attr {
	attrs := append(make([]slog.Attr, 0, usualAttrs), slog.String("request_id", rec.requestID))
	if rec.trace.id != "" {
		attrs = append(attrs, slog.String("trace_id", rec.trace.id))
	}
	if rec.trace.xray != "" {
		attrs = append(attrs, slog.String("xray_trace_id", rec.trace.xray))
	}
	return attrs
}

func bounded(text string) string {
	if len(text) > maxLogged {
		text = text[:maxLogged] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}
