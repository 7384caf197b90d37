package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"usher/internal/problem"
)

// saneID is a request id that may go into a log line and a header as it is.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._:/+=@-]{1,128}$`)

// Serve puts around h what every request gets: an id, the fixed headers, a
// deadline for all that is done for it, a log line, an audit line where it was
// to change something, and an answer even where
// the handler panics. fallbackID gives the id where the caller sends no sane
// X-Request-Id; nil means a random one.
func Serve(h http.Handler, log *slog.Logger, deadline time.Duration, fallbackID func(*http.Request) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &record{requestID: requestID(r, fallbackID)}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), recordKey{}, rec), deadline)
		defer cancel()
		r = r.WithContext(ctx)

		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Request-Id", rec.requestID)

		out := &statusWriter{ResponseWriter: w}
		recovering(h, out, r)
		logRequest(ctx, log, r, out.status, time.Since(start))
		logChange(ctx, log, out.status)
	})
}

func requestID(r *http.Request, fallback func(*http.Request) string) string {
	if id := r.Header.Get("X-Request-Id"); saneID.MatchString(id) {
		return id
	}
	if fallback != nil {
		if id := fallback(r); saneID.MatchString(id) {
			return id
		}
	}
	return rand.Text()
}

// recovering turns a panic into an opaque 500 with the stack in the log.
func recovering(h http.Handler, w *statusWriter, r *http.Request) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		if w.status != 0 { // too late for a problem; the log still gets it
			recordOf(r.Context()).err = err
			return
		}
		writeProblem(w, r, err)
	}()
	h.ServeHTTP(w, r)
}

func logRequest(ctx context.Context, log *slog.Logger, r *http.Request, status int, took time.Duration) {
	rec := recordOf(ctx)
	route := r.Pattern
	if route == "" {
		route = "none" // never the path itself: it may hold anything
	}
	attrs := []slog.Attr{
		slog.String("request_id", rec.requestID),
		slog.String("method", r.Method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Int64("duration_ms", took.Milliseconds()),
		slog.Int64("provider_calls", rec.calls.Load()),
	}
	if n := rec.retries.Load(); n > 0 {
		attrs = append(attrs, slog.Int64("provider_retries", n))
	}
	if caller := CallerOf(ctx); caller.ID != "" {
		attrs = append(attrs, slog.String("caller", caller.ID))
	}
	level := slog.LevelInfo
	if rec.err != nil {
		kind := problem.From(rec.err).Kind
		attrs = append(attrs, slog.String("problem", kind.Code), slog.String("error", rec.err.Error()))
		if max(kind.Status, status) >= http.StatusInternalServerError { // a late panic has another status
			level = slog.LevelError
		}
	}
	log.LogAttrs(ctx, level, "request", attrs...)
}

// statusWriter remembers the status for the log line.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
