package localtenant

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"usher/localtenant/description"
)

const maxBody = 1 << 20

// bodyLimit is how many bytes a route takes.
func bodyLimit(pattern string) int {
	if pattern == importRoute {
		return maxImport
	}
	return maxBody
}

// serve puts around a route what all of them share: counting, faults, the
// bearer token, the description, the lock and the log.
func (t *Tenant) serve(rt Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		r.Body = io.NopCloser(bytes.NewReader(body))
		var fault *Fault
		if !rt.control() {
			t.stats.request(rt.Pattern)
			fault = t.faults.take(rt.Pattern, r)
		}
		w.Header().Set("Date", t.Now().Format(http.TimeFormat)) // by which others compare their clocks
		w = t.oddlyLimited(w, fault)
		if fault.before(w, r) {
			return
		}
		buf := &buffer{header: http.Header{}}
		if err != nil {
			err = tooLarge(bodyLimit(rt.Pattern))
		} else {
			err = t.handle(rt, buf, r, body)
		}
		t.finish(buf, rt, err)
		fault.after(w, buf)
		t.opts.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("path", r.URL.EscapedPath()),
			slog.Int("status", buf.status), slog.Duration("took", time.Since(begin).Round(time.Microsecond)))
	})
}

// handle runs a route's handler as one transaction.
func (t *Tenant) handle(rt Route, w *buffer, r *http.Request, body []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runImports()
	if err := t.limits.take(w, rt.Pattern, t.now()); err != nil {
		return err
	}
	if !strings.Contains(rt.Pattern, " /api/v2/") {
		return t.run(rt, w, r)
	}
	if err := t.authorized(r, rt.Scopes); err != nil {
		return err
	}
	if t.settings.NoSessions && aboutSessions(rt.Pattern) {
		return notInPlan()
	}
	if most := bodyLimit(rt.Pattern); len(body) > most {
		return tooLarge(most)
	}
	op, _ := t.api.Operation(rt.Pattern) // without a description nothing is to be checked
	if err := t.api.Check(op, r, body); err != nil {
		if bad, ok := errors.AsType[*description.RequestError](err); ok {
			return newAPIError(bad.Status, bad.Code, "%s", bad.Message)
		}
		return err
	}
	if err := t.run(rt, w, r); err != nil {
		return err
	}
	t.recordChange(r, cmp.Or(w.status, http.StatusOK))
	return nil
}

// finish turns a handler's error into the answer.
func (t *Tenant) finish(buf *buffer, rt Route, err error) {
	if err == nil {
		return
	}
	buf.body.Reset()
	if known, ok := errors.AsType[responder](err); ok {
		known.respond(buf)
		return
	}
	t.opts.Log.Error("handler failed", slog.String("route", rt.Pattern), slog.Any("error", err))
	newAPIError(http.StatusInternalServerError, "", "An internal server error occurred").respond(buf)
}

// buffer holds an answer until it may be sent.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) { b.status = status }

func (b *buffer) Write(p []byte) (int, error) {
	b.status = cmp.Or(b.status, http.StatusOK)
	return b.body.Write(p)
}

func (b *buffer) send(w http.ResponseWriter, body []byte) {
	maps.Copy(w.Header(), b.header)
	b.status = cmp.Or(b.status, http.StatusOK)
	w.WriteHeader(b.status)
	_, _ = w.Write(body)
}
