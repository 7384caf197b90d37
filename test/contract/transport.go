package contract

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Transport returns a transport that fails the test for every request and response that the
// contract does not declare. All requests must be for the service. A nil next is
// http.DefaultTransport.
func (c *Contract) Transport(tb testing.TB, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		tb.Helper()
		sent := r.Clone(r.Context()) // sending r consumes its body
		body, err := rewind(&r.Body)
		if err != nil {
			return nil, err
		}
		if r.Body != nil {
			sent.Body = io.NopCloser(bytes.NewReader(body))
		}
		response, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		if err := c.Check(sent, response); err != nil {
			tb.Error(err)
		}
		return response, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
