package rotation

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"usher/internal/secrets"
)

const (
	// requiredAccepts is the required number of consecutive acceptances of the new secret. During a
	// change, the provider's nodes may respond differently.
	requiredAccepts = 5
	// betweenTests is long enough for five tests to span some seconds, and short enough for
	// the half minute of a change to fit into the function's timeout.
	betweenTests = time.Second
)

// create generates the new secret and stores it before the provider gets it: a secret that is
// set first and then lost locks out all functions. It keeps an existing value, which may
// already be set. It fails while the provider refuses the current secret, since then
// AWSPREVIOUS, which this rotation would discard, may be the only valid one.
func (o Options) create(ctx context.Context, e Event) error {
	current, err := o.Vault.Current(ctx, e.SecretID)
	if err != nil {
		return err
	}
	if _, err := o.Vault.Pending(ctx, e.SecretID, e.Version); !errors.Is(err, secrets.ErrNoValue) {
		return err
	}
	// If rotation was disabled, a rotation that has begun may finish, but a new one must not
	// begin.
	secret, err := o.Vault.Describe(ctx, e.SecretID)
	switch {
	case err != nil:
		return err
	case !secret.Rotates:
		return fmt.Errorf("secret %q is not enabled for rotation", e.SecretID)
	}
	present, err := secrets.Parse(current, false)
	if err != nil {
		return err
	}
	if err := o.accepted(ctx, "the current secret", present, 1); err != nil {
		return err
	}
	renewed, err := secrets.Renew(current, generate)
	if err != nil {
		return err
	}
	return o.Vault.PutPending(ctx, e.SecretID, e.Version, renewed)
}

// generate returns a secret in the provider's format: 64 characters that need no escaping.
func generate() string {
	random := make([]byte, 48)
	_, _ = rand.Read(random) // never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

// set sets the pending secrets at the provider. It changes the management application last,
// since that application makes the calls. After an interruption between the two changes, the
// next attempt can still authenticate.
func (o Options) set(ctx context.Context, e Event) error {
	pending, err := o.pending(ctx, e)
	if err != nil {
		return err
	}
	current, err := o.current(ctx, e.SecretID)
	if err != nil {
		return err
	}
	if !pending.SameApplications(current) {
		return errors.New("the pending version is about another domain or application than the current one")
	}
	if err := o.Provider.SetSecret(ctx, pending.ClientID, pending.ClientSecret); err != nil {
		return err
	}
	if pending.ManagementClientID == pending.ClientID {
		return nil
	}
	return o.Provider.SetSecret(ctx, pending.ManagementClientID, pending.ManagementClientSecret)
}

// test waits until all of the provider's nodes accept the pending secrets.
func (o Options) test(ctx context.Context, e Event) error {
	pending, err := o.pending(ctx, e)
	if err != nil {
		return err
	}
	return o.accepted(ctx, "the new secret", pending, requiredAccepts)
}

// accepted waits until the provider has accepted the credentials the given number of times
// in a row.
func (o Options) accepted(ctx context.Context, which string, c secrets.Credentials, times int) error {
	for accepted := 1; ; accepted++ {
		refused := o.Provider.Accepts(ctx, c)
		switch {
		case refused != nil:
			accepted = 0
		case accepted == times:
			return nil
		}
		if err := o.Pause(ctx, betweenTests); err != nil {
			return fmt.Errorf("the provider did not accept %s in time: %w", which, errors.Join(refused, err))
		}
	}
}

// finish makes the pending version the current one. It checks again that the provider accepts
// it, because an operator who runs the steps manually may continue after a failed step. The
// next rotation would then discard the valid version.
func (o Options) finish(ctx context.Context, e Event) error {
	pending, err := o.pending(ctx, e)
	if err != nil {
		return err
	}
	if err := o.accepted(ctx, "the new secret", pending, 1); err != nil {
		return err
	}
	secret, err := o.Vault.Describe(ctx, e.SecretID)
	if err != nil {
		return err
	}
	return o.Vault.MakeCurrent(ctx, e.SecretID, secret.CurrentVersion(), e.Version)
}

func (o Options) pending(ctx context.Context, e Event) (secrets.Credentials, error) {
	text, err := o.Vault.Pending(ctx, e.SecretID, e.Version)
	if err != nil {
		return secrets.Credentials{}, err
	}
	return secrets.Parse(text, false)
}
