package localtenant

import (
	"net/http"
	"strconv"
	"time"
)

// oddlyLimited is w where quirks are on and a fault does not say itself how its 429 is to look.
func (t *Tenant) oddlyLimited(w http.ResponseWriter, fault *Fault) http.ResponseWriter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.settings.Quirks || fault != nil && (!fault.Reset.IsZero() || len(fault.Header) > 0) {
		return w
	}
	return &oddLimit{ResponseWriter: w, tenant: t, now: t.now()}
}

// oddLimit tells of a rate limit in another form each time: by Retry-After beside a reset that is
// past, by a reset in milliseconds, by Retry-After as a date, and as documented.
type oddLimit struct {
	http.ResponseWriter
	tenant *Tenant
	now    time.Time
}

// WriteHeader implements http.ResponseWriter.
func (w *oddLimit) WriteHeader(status int) {
	h := w.Header()
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if status == http.StatusTooManyRequests && err == nil {
		switch w.tenant.odd429.Add(1) % 4 {
		case 1:
			h.Set("X-RateLimit-Reset", strconv.FormatInt(reset-3600, 10)) // by whichever clock it was made
			h.Set("Retry-After", strconv.FormatInt(max(1, reset-w.now.Unix()), 10))
		case 2:
			h.Set("X-RateLimit-Reset", strconv.FormatInt(1000*reset, 10))
		case 3:
			h.Del("X-RateLimit-Reset")
			h.Set("Retry-After", time.Unix(reset, 0).UTC().Format(http.TimeFormat))
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *oddLimit) Unwrap() http.ResponseWriter { return w.ResponseWriter }
