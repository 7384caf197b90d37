package auth0

import (
	"fmt"
	"sync"

	"usher/internal/jwks"
	"usher/internal/problem"
	"usher/internal/secrets"
)

// keySets holds the keys of the tenant's tokens.
type keySets struct {
	mu   sync.Mutex
	base string
	set  *jwks.Set
}

// signingKeys returns the keys of the tenant in the credentials; a changed secret may name another tenant.
func (c *Client) signingKeys(credentials secrets.Credentials) *jwks.Set {
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	if base := credentials.BaseURL(); c.keys.set == nil || c.keys.base != base {
		c.keys.base, c.keys.set = base, jwks.New(base+"/.well-known/jwks.json", c.plain, c.opts.Now)
		c.keys.set.Timeout = c.opts.Deadline * 5 / 8 // leaves time to continue with the known keys
	}
	return c.keys.set
}

// forgetKeys makes the next request fetch the keys, even directly after a failed fetch.
func (c *Client) forgetKeys() {
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	c.keys.set = nil
}

// keysProblem is providerProblem for the key set. The set is public, so a refusal concerns
// neither the caller's request nor our credentials.
func keysProblem(err error) error {
	if failureIn(err).isRefusal() {
		return problem.ProviderFailed.Wrap(fmt.Errorf("check a token: %w", err), unusableDetail)
	}
	return providerProblem(fmt.Errorf("check a token: %w", err))
}
