package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// maxID is the maximum length of a request ID, in bytes.
const maxID = 128

// isSane reports whether an ID is safe to log and return, in a line and in a header. The characters
// exclude email addresses. "eyJ" is "{" in base64url: the ID may be a JOSE token.
func isSane(id string) bool {
	if id == "" || len(id) > maxID || strings.Contains(id, "eyJ") {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		isLetter := 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		isDigit := '0' <= r && r <= '9'
		return !isLetter && !isDigit && !strings.ContainsRune("._:/+=-", r)
	})
}

// ServeOptions are the options of Serve.
type ServeOptions struct {
	Log      *slog.Logger
	Deadline time.Duration              // for all work for one request
	Origin   func(*http.Request) Origin // the gateway's data about the request; nil without a gateway
	Measure  func(Summary)              // gets the summary of every request; nil for none
	Together func(write func())         // writes the lines of a request's end together; nil writes each when it is made
}

// Origin is the gateway's data about a request that is not in the request.
type Origin struct {
	RequestID string // for a request without a usable X-Request-Id
	Path      string // the escaped path that the client sent
	XRay      string // AWS X-Ray's trace header
}

// Serve wraps h with what every request gets: an ID, the fixed headers, a deadline, a log
// line, an audit line for a change, and a response even if the handler panics.
func Serve(h http.Handler, opts ServeOptions) http.Handler {
	if opts.Together == nil {
		opts.Together = func(write func()) { write() }
	}
	return &served{h: h, opts: opts}
}

// served is the handler of Serve. A closure would be compiled into each of its callers.
type served struct {
	h    http.Handler
	opts ServeOptions
	warm atomic.Bool
}

// ServeHTTP implements http.Handler.
func (s *served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	var from Origin
	if s.opts.Origin != nil {
		from = s.opts.Origin(r)
	}
	rec := &record{requestID: requestID(r, from.RequestID), path: from.Path, trace: traceOf(r, from.XRay), cold: !s.warm.Swap(true), counts: Counts{ProviderLeft: -1}}
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), recordKey{}, rec), s.opts.Deadline)
	defer cancel()
	r = r.WithContext(ctx)

	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Request-Id", rec.requestID)

	out := &statusWriter{ResponseWriter: w}
	recovering(s.h, out, r)
	summary := summarize(r, out.status, time.Since(start))
	s.opts.Together(func() {
		logRequest(r, s.opts.Log, summary)
		logChange(ctx, s.opts.Log, out.status)
		if s.opts.Measure != nil {
			s.opts.Measure(summary)
		}
	})
}

func requestID(r *http.Request, fallback string) string {
	for _, id := range []string{r.Header.Get("X-Request-Id"), fallback} {
		if isSane(id) {
			return id
		}
	}
	return rand.Text()
}

// recovering turns a panic into an Internal problem, with the stack in the log.
func recovering(h http.Handler, w *statusWriter, r *http.Request) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		err := fmt.Errorf("panic: %s\n%s", textOfPanic(cause), debug.Stack())
		if w.status != 0 { // too late for a problem; it is still logged
			recordOf(r.Context()).err = err
			return
		}
		WriteProblem(w, r, err)
	}()
	h.ServeHTTP(w, r)
}

// textOfPanic returns the text of a runtime error, and only the type of any other value,
// which may contain a URL or a body.
func textOfPanic(cause any) string {
	if own, ok := cause.(runtime.Error); ok {
		return own.Error()
	}
	return fmt.Sprintf("%T", cause)
}

// statusWriter records the status for the log line.
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
