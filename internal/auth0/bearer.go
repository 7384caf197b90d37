package auth0

import (
	"context"
	"net/http"
)

// bearer is the HTTP client of the SDK. It adds the management token. If the provider refuses the
// token, it drops the token and repeats the request once, if the retry budget allows it. Unlike the
// SDK's token source, it can fail.
type bearer struct {
	tokens        *tokenCache
	next          *retrier
	correlationID func(context.Context) string
}

// Do sends the request. It returns an error for every status but 2xx, so the SDK neither waits nor retries.
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
	if failed := b.tokens.Drop(r.Context(), token.value); failed != nil {
		return nil, failed
	}
	if !b.next.paid(r.Context()) {
		return nil, err
	}
	if err := rewind(r); err != nil {
		return nil, err
	}
	_, resp, err = b.send(r)
	return resp, err
}

// send sends the request to the tenant that issued its token, so both come from the same
// version of the secret.
func (b *bearer) send(r *http.Request) (token managementToken, resp *http.Response, err error) {
	token, err = b.tokens.Token(r.Context())
	if err != nil {
		return managementToken{}, nil, err
	}
	r.URL.Scheme, r.URL.Host, r.Host = token.tenant.Scheme, token.tenant.Host, ""
	r.Header["Authorization"] = token.header
	// The provider logs correlation IDs only for changes
	// (https://auth0.com/docs/api/management/v2, "Request Correlation").
	if id := b.correlationID(r.Context()); id != "" && r.Method != http.MethodGet {
		r.Header.Set("X-Correlation-ID", id)
	}
	resp, err = b.next.RoundTrip(r)
	return token, resp, err
}
