package auth0

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"usher/internal/jwks"
	"usher/internal/problem"
	"usher/internal/secrets"
)

// keySets holds the keys with which the tenant signs its tokens.
type keySets struct {
	mu   sync.Mutex
	base string
	set  *jwks.Set
}

// signingKeys are those of the tenant that the credentials name; a changed
// secret may name another one.
func (c *Client) signingKeys(credentials secrets.Credentials) *jwks.Set {
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	if base := credentials.BaseURL(); c.keys.set == nil || c.keys.base != base {
		c.keys.base, c.keys.set = base, jwks.New(base+"/.well-known/jwks.json", c.plain, c.opts.Now)
		c.keys.set.Timeout = c.opts.Deadline * 5 / 8 // leaves time to go on with the keys that there are
	}
	return c.keys.set
}

// tellingKeys keeps what go-oidc would fold into a text: whether a signature is
// wrong, or the keys could not be fetched.
type tellingKeys struct {
	set     *jwks.Set
	failure *jwks.FetchError
}

func (k *tellingKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.set.VerifySignature(ctx, token)
	errors.As(err, &k.failure)
	return payload, err
}

// keysProblem is providerProblem for the key set, which everybody may read: a
// refusal is not for what the caller sent, nor for our credentials.
func keysProblem(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests {
		return problem.ProviderFailed.Wrap(fmt.Errorf("check a token: %w", err), "The identity provider gave no usable answer.")
	}
	return providerProblem(fmt.Errorf("check a token: %w", err))
}
