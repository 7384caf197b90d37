package rotation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"usher/internal/secrets"
)

// Vault is where the secret lies.
type Vault interface {
	Describe(ctx context.Context, secretID string) (secrets.Description, error)
	Current(ctx context.Context, secretID string) (string, error)
	// Pending fails with secrets.ErrNoValue where the version has none yet.
	Pending(ctx context.Context, secretID, version string) (string, error)
	PutPending(ctx context.Context, secretID, version, text string) error
	MakeCurrent(ctx context.Context, secretID, from, to string) error
}

// Provider is where the applications are registered.
type Provider interface {
	// SetSecret makes a secret the application's; it may be called again.
	SetSecret(ctx context.Context, clientID, secret string) error
	// Accepts returns nil where the provider takes the credentials just now.
	Accepts(context.Context, secrets.Credentials) error
}

// Event is what Secrets Manager sends.
type Event struct {
	Step     string `json:"Step"`               // createSecret, setSecret, testSecret or finishSecret
	SecretID string `json:"SecretId"`           // the secret's ARN
	Version  string `json:"ClientRequestToken"` // the id of the version that is to be the current one
}

// LogValue tells the log which step of what this is. None of it is secret.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("step", e.Step), slog.String("secret", e.SecretID), slog.String("version", e.Version))
}

// Options are what a rotation needs.
type Options struct {
	Secrets  []string // the ids of all that the function rotates
	Vault    Vault
	Provider Provider
	Pause    func(context.Context, time.Duration) error // nil: by the real clock
}

// Rotate returns the handler of Secrets Manager's events. Each step can be
// repeated, and be resumed where it was cut off; an error makes Secrets Manager
// do so.
func Rotate(opts Options) func(context.Context, Event) error {
	if opts.Pause == nil {
		opts.Pause = pause
	}
	steps := map[string]func(context.Context, Event) error{
		"createSecret": opts.create, "setSecret": opts.set, "testSecret": opts.test, "finishSecret": opts.finish,
	}
	return func(ctx context.Context, e Event) error {
		step, ok := steps[e.Step]
		if !ok {
			return fmt.Errorf("%q is no step of a rotation", e.Step)
		}
		done, err := opts.isDone(ctx, e)
		if err != nil || done {
			return err
		}
		if err = opts.isApart(ctx, e); err == nil {
			err = step(ctx, e)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", e.Step, err)
		}
		return nil
	}
}

// isDone reports whether the version is the current one already. It fails where
// the version is none that a rotation is under way to.
func (o Options) isDone(ctx context.Context, e Event) (bool, error) {
	secret, err := o.Vault.Describe(ctx, e.SecretID)
	if err != nil {
		return false, err
	}
	stages, known := secret.Stages[e.Version]
	switch {
	case !known:
		return false, fmt.Errorf("version %q has no stage for rotation of secret %q", e.Version, e.SecretID)
	case secret.Is(e.Version, "AWSCURRENT"):
		return true, nil
	case !secret.Is(e.Version, "AWSPENDING"):
		return false, fmt.Errorf("version %q of secret %q is not AWSPENDING, but %v", e.Version, e.SecretID, stages)
	}
	return false, nil
}

// isApart fails where another of the secrets is about an application that this one is
// about, too: what is changed for the one would be wrong in the other, whose functions
// nobody could answer any more.
func (o Options) isApart(ctx context.Context, e Event) error {
	one, err := o.current(ctx, e.SecretID)
	if err != nil {
		return err
	}
	for _, id := range o.Secrets {
		if id == e.SecretID {
			continue
		}
		other, err := o.current(ctx, id)
		if err != nil {
			return fmt.Errorf("the other secret, %q: %w", id, err)
		}
		for _, application := range []string{one.ClientID, one.ManagementClientID} {
			if application == other.ClientID || application == other.ManagementClientID {
				return fmt.Errorf("secrets %q and %q are both about application %q: each needs one of its own", e.SecretID, id, secrets.ShownID(application))
			}
		}
	}
	return nil
}

func (o Options) current(ctx context.Context, secretID string) (secrets.Credentials, error) {
	text, err := o.Vault.Current(ctx, secretID)
	if err != nil {
		return secrets.Credentials{}, err
	}
	return secrets.Parse(text, false)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
