package inprocess

import (
	"bytes"
	"io"
	"net/http"

	"usher/bench/internal/provider"
)

// transport answers the calls of one request again and again. The provider answers the first time.
type transport struct {
	provider *provider.Provider
	recorded []http.Response
	bodies   [][]byte
	replay   bool
	next     int
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.replay {
		return t.ask(r)
	}
	i := t.next % len(t.recorded)
	t.next++
	answer := t.recorded[i]
	answer.Request, answer.Body = r, io.NopCloser(bytes.NewReader(t.bodies[i]))
	return &answer, nil
}

func (t *transport) ask(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	status, text := t.provider.Answer(r, body)
	answer := http.Response{
		StatusCode: status, Proto: "HTTP/2.0", ProtoMajor: 2, ContentLength: int64(len(text)),
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "X-Ratelimit-Remaining": {"49"}},
	}
	t.recorded, t.bodies = append(t.recorded, answer), append(t.bodies, text)
	answer.Request, answer.Body = r, io.NopCloser(bytes.NewReader(text))
	return &answer, nil
}
