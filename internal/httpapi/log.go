package httpapi

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"usher/internal/problem"
)

// maxLogged bounds what one value may take of a log line, in bytes: a line of
// more than 256 KB is cut by CloudWatch, and is no JSON then.
const maxLogged = 8 << 10

// methods are those that a line may name; any other comes from who knows whom.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true,
	http.MethodPatch: true, http.MethodDelete: true, http.MethodOptions: true,
}

// summarize says what is known of the request in the end.
func summarize(r *http.Request, status int, took time.Duration) Summary {
	rec := recordOf(r.Context())
	rec.counting.Lock()
	s := Summary{Cold: rec.cold, Counts: rec.counts}
	rec.counting.Unlock()
	s.Route, s.Status, s.Duration = r.Pattern, status, took
	if s.Route == "" {
		s.Route = "none" // never the path itself: it may hold anything
	}
	if rec.err != nil {
		s.Problem = problem.From(rec.err).Kind.Code
	}
	return s
}

// logRequest writes the request's one line. It holds nothing that a client
// wrote but the ids, which were checked: of the inputs at fault it names those that
// the service knows.
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
	level := slog.LevelInfo
	if rec.err != nil {
		attrs = append(attrs, slog.String("problem", s.Problem), slog.String("error", bounded(rec.err.Error())))
		if max(problem.From(rec.err).Kind.Status, s.Status) >= http.StatusInternalServerError { // a late panic has another status
			level = slog.LevelError
		}
	}
	log.LogAttrs(ctx, level, "request", attrs...)
}

// rare are the counts that a line has only where there is something to count.
func rare(s Summary) []slog.Attr {
	var attrs []slog.Attr
	for _, count := range []struct {
		name string
		n    int64
	}{
		{"provider_retries", s.Retries}, {"provider_throttled", s.Throttled}, {"token_fetches", s.TokenFetches},
		{"credentials_refused", s.Refused}, {"secret_failures", s.SecretFailures},
		{"unreadable_members", s.Unreadable},
	} {
		if count.n > 0 {
			attrs = append(attrs, slog.Int64(count.name, count.n))
		}
	}
	return attrs
}

// ids are what finds a request's lines: its own id, and those of the traces
// that it is a part of.
func (rec *record) ids() []slog.Attr {
	attrs := []slog.Attr{slog.String("request_id", rec.requestID)}
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
