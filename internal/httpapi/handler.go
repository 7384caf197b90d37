package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"usher/internal/problem"
)

// JSON answers with v. An error means that nothing was written.
func JSON(w http.ResponseWriter, status int, v any) error {
	body, err := encode(v)
	if err != nil {
		return fmt.Errorf("encode the response: %w", err)
	}
	writeJSON(w, status, body)
	return nil
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no response
}

// encode leaves "&", "<" and ">" as they are: nothing here is ever put into
// HTML, and URLs stay legible.
func encode(v any) ([]byte, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return body.Bytes(), err
}

// NoContent answers 204, unless there is an error, which it returns.
func NoContent(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// maxRetryAfter bounds what callers are told: a caller who comes back too early is told
// again, and no odd value of the provider's keeps anybody away for hours.
const maxRetryAfter = time.Minute

// ReturnTo notes where a front-end can go on if the request fails: its problem says so.
func ReturnTo(ctx context.Context, path string) { recordOf(ctx).returnTo = path }

// WriteProblem answers with the error as a problem (RFC 9457), and notes it for the log.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problem.From(err)
	recordOf(r.Context()).err = err
	h := w.Header()
	h.Set("Content-Type", problem.ContentType)
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(min(p.RetryAfter, maxRetryAfter).Seconds()))))
	}
	if p.Kind.Code == problem.Unauthorized.Code { // RFC 9110, section 11.6.1
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(p.Kind.Status)
	doc := p.Document(RequestID(r.Context()))
	doc.ReturnTo = recordOf(r.Context()).returnTo
	body, _ := encode(doc) // strings and numbers alone
	_, _ = w.Write(body)
}
