package secrets

import "context"

// Static returns constant credentials, on a developer's machine.
type Static Credentials

// Current returns the credentials.
func (s Static) Current(context.Context) (Credentials, error) { return Credentials(s), nil }

// Versions returns the credentials as the only version.
func (s Static) Versions(context.Context) (Versions, error) {
	return Versions{Current: Credentials(s)}, nil
}

// Reload returns the same credentials.
func (s Static) Reload(context.Context, Credentials) (Credentials, error) { return Credentials(s), nil }
