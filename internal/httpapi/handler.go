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

// JSON responds with v. After an error nothing was written.
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
	_, _ = w.Write(body) // a client that has disconnected needs no response
}

// encode leaves "&", "<" and ">" as they are, so that URLs stay readable: no response is embedded in HTML.
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

// maxRetryAfter limits Retry-After, so that an odd value from the provider does not stop a
// caller for hours. A caller that retries too early gets another 429.
const maxRetryAfter = time.Minute

// ReturnTo records the return_to of the request's problem: where the front-end can continue
// if the request fails.
func ReturnTo(ctx context.Context, path string) { recordOf(ctx).returnTo = path }

// WriteProblem responds with the error as a problem (RFC 9457), and records it for the log.
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
	body, _ := encode(doc) // it has only strings and numbers, so it cannot fail
	_, _ = w.Write(body)
}
