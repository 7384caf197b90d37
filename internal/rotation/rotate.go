package rotation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"usher/internal/secrets"
)

// Vault stores the secret.
type Vault interface {
	Describe(ctx context.Context, secretID string) (secrets.Description, error)
	Current(ctx context.Context, secretID string) (string, error)
	// Pending fails with secrets.ErrNoValue if the version has no value yet.
	Pending(ctx context.Context, secretID, version string) (string, error)
	PutPending(ctx context.Context, secretID, version, text string) error
	MakeCurrent(ctx context.Context, secretID, from, to string) error
}

// Provider is the identity provider of the applications.
type Provider interface {
	// SetSecret sets an application's secret. It is idempotent.
	SetSecret(ctx context.Context, clientID, secret string) error
	// Accepts returns nil if the provider currently accepts the credentials.
	Accepts(context.Context, secrets.Credentials) error
}

// Event is an event of Secrets Manager.
type Event struct {
	Step     string `json:"Step"`               // createSecret, setSecret, testSecret or finishSecret
	SecretID string `json:"SecretId"`           // the secret's ARN
	Version  string `json:"ClientRequestToken"` // the ID of the new version
}

// LogValue returns the event's members, which are not secret.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("step", e.Step), slog.String("secret", e.SecretID), slog.String("version", e.Version))
}

// Options configures a rotation.
type Options struct {
	Secrets  []string // the IDs of all secrets that the function rotates
	Vault    Vault
	Provider Provider
	Pause    func(context.Context, time.Duration) error // nil: sleeps
}

// Rotate returns the handler of Secrets Manager's events. Each step can be repeated, also
// after an interruption. Secrets Manager repeats a step that returns an error.
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
		if err = opts.checkSeparate(ctx, e); err == nil {
			err = step(ctx, e)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", e.Step, err)
		}
		return nil
	}
}

// isDone reports whether the version is already the current one. It fails if the version is
// not the target of a rotation.
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

// checkSeparate fails if another secret contains one of this secret's applications. A rotation
// would invalidate that secret, and the functions that use it would fail.
func (o Options) checkSeparate(ctx context.Context, e Event) error {
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
				return fmt.Errorf("secrets %q and %q both contain application %q: use a separate application for each",
					e.SecretID, id, secrets.ShownID(application))
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
