package secrets

import (
	"context"

	"usher/internal/problem"
)

// Static hands out credentials that never change, on a developer's machine.
type Static Credentials

// Current returns the credentials.
func (s Static) Current(context.Context) (Credentials, error) { return Credentials(s), nil }

// Previous fails: there are none.
func (s Static) Previous(context.Context) (Credentials, error) {
	return Credentials{}, problem.ServiceMisconfigured.New("There are no previous credentials.")
}

// Reload returns the same credentials.
func (s Static) Reload(context.Context, Credentials) (Credentials, error) { return Credentials(s), nil }
