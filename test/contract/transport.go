package contract

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Transport returns a transport that fails the test for every request and
// response that the contract does not declare. All requests must be for the
// service. A nil next is http.DefaultTransport.
func (c *Contract) Transport(tb testing.TB, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{contract: c, tb: tb, next: next}
}

type transport struct {
	contract *Contract
	tb       testing.TB
	next     http.RoundTripper
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.tb.Helper()
	sent, err := copyOf(r)
	if err != nil {
		return nil, err
	}
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := t.contract.Check(sent, response); err != nil {
		t.tb.Error(err)
	}
	return response, nil
}

// copyOf keeps the request for Check, since sending it consumes its body.
func copyOf(r *http.Request) (*http.Request, error) {
	sent := r.Clone(r.Context())
	body, err := rewind(&r.Body)
	if err != nil {
		return nil, err
	}
	if r.Body != nil {
		sent.Body = io.NopCloser(bytes.NewReader(body))
	}
	return sent, nil
}
