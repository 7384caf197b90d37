package auth0

import (
	"context"
	"net/http"
)

// bearer is the HTTP client under the SDK: it adds the management token, and
// where the token is refused, drops it and replays the request once. It does
// by itself what the SDK's token source cannot do: fail.
type bearer struct {
	tokens        *tokenCache
	next          http.RoundTripper
	correlationID func(context.Context) string
}

// Do sends the request. Every answer but 2xx is an error, so the SDK neither
// sleeps nor retries.
func (b *bearer) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.replayed(r)
	if err == nil {
		keep(r.Context(), resp)
	}
	return resp, err
}

func (b *bearer) replayed(r *http.Request) (*http.Response, error) {
	token, resp, err := b.send(r)
	if !hasStatus(err, http.StatusUnauthorized) || token.value == "" {
		return resp, err
	}
	if err := b.tokens.Drop(r.Context(), token.value); err != nil {
		return nil, err
	}
	if err := rewind(r); err != nil {
		return nil, err
	}
	_, resp, err = b.send(r)
	return resp, err
}

// send sends the request to the tenant whose token it carries: the two never come
// from different versions of the secret.
func (b *bearer) send(r *http.Request) (token managementToken, resp *http.Response, err error) {
	token, err = b.tokens.Token(r.Context())
	if err != nil {
		return managementToken{}, nil, err
	}
	r.URL.Scheme, r.URL.Host, r.Host = token.tenant.Scheme, token.tenant.Host, ""
	r.Header.Set("Authorization", "Bearer "+token.value)
	// The provider logs changes alone, and their correlation id with them
	// (https://auth0.com/docs/api/management/v2, "Request Correlation").
	if id := b.correlationID(r.Context()); id != "" && r.Method != http.MethodGet {
		r.Header.Set("X-Correlation-ID", id)
	}
	resp, err = b.next.RoundTrip(r)
	return token, resp, err
}
