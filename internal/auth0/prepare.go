package auth0

import (
	"context"
	"errors"

	"usher/internal/shared"
)

// Needs is what a function's requests need beside the secret.
type Needs struct {
	Token bool // a management token
	Keys  bool // the tenant's signing keys
}

// Prepare fetches the secret and what needs names, before the first request. It returns when ctx ends,
// and leaves nothing running. It sends each request once, so the retry budget stays full. After a failure
// the first request fetches the same.
func (c *Client) Prepare(ctx context.Context, needs Needs) error {
	ctx = shared.Startup(ctx)
	credentials, err := c.opts.Credentials.Current(ctx)
	if err != nil {
		return err
	}
	var failures []error
	if needs.Token { // before the keys, which then take the same connection
		if _, err := c.tokens.Token(ctx); err != nil {
			c.tokens.forget()
			failures = append(failures, err)
		}
	}
	if needs.Keys {
		if err := c.signingKeys(credentials).Ready(ctx); err != nil {
			c.forgetKeys()
			failures = append(failures, keysProblem(err))
		}
	}
	return errors.Join(failures...)
}
