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
	// inARow is how often the provider has to take the new secret, one time after
	// the other: while it changes, each of its nodes may answer otherwise.
	inARow = 5
	// betweenTests is long enough for five to span some seconds, and short enough
	// for the half minute that a change takes to fit into the function's timeout.
	betweenTests = time.Second
)

// create makes the new secret and puts it where every function finds it, before
// the provider hears of it: a secret that is set first, and lost on its way to
// where it is kept, locks everybody out. A version that has a value is left
// alone, since it may be set already. Nor is there a new one as long as the provider
// refuses the current one: what it takes is AWSPREVIOUS then, and would be gone.
func (o Options) create(ctx context.Context, e Event) error {
	current, err := o.Vault.Current(ctx, e.SecretID)
	if err != nil {
		return err
	}
	if _, err := o.Vault.Pending(ctx, e.SecretID, e.Version); !errors.Is(err, secrets.ErrNoValue) {
		return err
	}
	// One that has begun is brought to its end, even where rotation was switched off
	// meanwhile; none begins then.
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

// generate makes a secret in the form of the provider's own: 64 characters that
// no encoding has to escape.
func generate() string {
	random := make([]byte, 48)
	_, _ = rand.Read(random) // never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

// set makes the pending secrets the provider's. The management application comes
// last: it is the one that calls, and what happens if the function ends between
// the two is that both of its own secrets are still tried.
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

// test waits until the provider takes the pending secrets wherever it is asked.
func (o Options) test(ctx context.Context, e Event) error {
	pending, err := o.pending(ctx, e)
	if err != nil {
		return err
	}
	return o.accepted(ctx, "the new secret", pending, inARow)
}

// accepted waits until the provider has taken a secret some times in a row.
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
			return fmt.Errorf("the provider did not take %s in time: %w", which, errors.Join(refused, err))
		}
	}
}

// finish makes the pending version the current one. It looks for itself whether the
// provider takes it: whoever sends the steps by hand may go on after one that failed,
// and what is AWSPREVIOUS then is gone with the next rotation.
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
