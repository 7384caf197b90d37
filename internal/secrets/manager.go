package secrets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"golang.org/x/sync/singleflight"

	"usher/internal/problem"
)

// The staging labels of a secret's versions.
const (
	stageCurrent  = "AWSCURRENT"
	stagePrevious = "AWSPREVIOUS"
)

// fetchTimeout bounds one read of the secret, retries of the SDK included.
const fetchTimeout = 3 * time.Second

// retryStale is how long a value that could not be read again is used before the
// next try.
const retryStale = 30 * time.Second

// Getter is the one call of Secrets Manager that is used.
type Getter interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// Options are what a Manager needs.
type Options struct {
	SecretID  string        // name or ARN
	TTL       time.Duration // how long a value is used before it is read again
	PlainHTTP bool          // see Parse
	Log       *slog.Logger
	Client    Getter           // nil: made from the environment, on first use
	Now       func() time.Time // nil: time.Now
}

// Manager hands out the credentials. It reads the secret on demand, once for
// any number of waiters, and keeps the stale value where a read fails: the old
// credentials are likelier to work than none.
type Manager struct {
	opts   Options
	flight singleflight.Group

	mu      sync.Mutex
	client  Getter
	version map[string]version // by staging label
}

type version struct {
	credentials Credentials
	readAt      time.Time
}

// NewManager returns a Manager that has done nothing yet.
func NewManager(opts Options) *Manager {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Manager{opts: opts, client: opts.Client, version: map[string]version{}}
}

// Current returns the current credentials, not older than the TTL where the
// secret can be read. It fails with service-misconfigured where there are none
// that can be used, and with service-unavailable where Secrets Manager cannot
// be reached.
func (m *Manager) Current(ctx context.Context) (Credentials, error) {
	return m.get(ctx, stageCurrent, m.opts.TTL)
}

// Previous returns the credentials before the last rotation; its errors are
// Current's.
func (m *Manager) Previous(ctx context.Context) (Credentials, error) {
	return m.get(ctx, stagePrevious, m.opts.TTL)
}

// Reload returns credentials read after refused was handed out: those that
// another caller has read meanwhile, or fresh ones.
func (m *Manager) Reload(ctx context.Context, refused Credentials) (Credentials, error) {
	if v, ok := m.cached(stageCurrent); ok && v.credentials != refused {
		return v.credentials, nil
	}
	return m.get(ctx, stageCurrent, 0)
}

func (m *Manager) cached(stage string) (version, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.version[stage]
	return v, ok
}

func (m *Manager) get(ctx context.Context, stage string, ttl time.Duration) (Credentials, error) {
	v, ok := m.cached(stage)
	if ok && m.opts.Now().Sub(v.readAt) < ttl {
		return v.credentials, nil
	}
	fresh, err := m.fetchOnce(ctx, stage)
	if err == nil {
		return fresh, nil
	}
	if ok {
		m.opts.Log.WarnContext(ctx, "the secret could not be read again; the last value stays in use", "secret", m.opts.SecretID, "error", err)
		m.postpone(stage, v)
		return v.credentials, nil
	}
	return Credentials{}, err
}

// postpone keeps a stale value for a while, so that not every request waits for
// a read that fails.
func (m *Manager) postpone(stage string, stale version) {
	stale.readAt = m.opts.Now().Add(min(retryStale, m.opts.TTL) - m.opts.TTL)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version[stage] = stale
}

// fetchOnce reads the secret once for all who wait, on a context of its own:
// the request that happens to come first must not end it for the others.
func (m *Manager) fetchOnce(ctx context.Context, stage string) (Credentials, error) {
	result := m.flight.DoChan(stage, func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
		defer cancel()
		return m.fetch(own, stage)
	})
	select {
	case <-ctx.Done():
		return Credentials{}, problem.ServiceUnavailable.Wrap(ctx.Err(), "The service could not read its configuration in time.")
	case r := <-result:
		if r.Err != nil {
			return Credentials{}, r.Err
		}
		return r.Val.(Credentials), nil
	}
}

func (m *Manager) fetch(ctx context.Context, stage string) (Credentials, error) {
	client, err := m.secretsManager(ctx)
	if err != nil {
		return Credentials{}, err
	}
	out, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &m.opts.SecretID, VersionStage: &stage})
	if err != nil {
		return Credentials{}, m.readProblem(err)
	}
	if out.SecretString == nil {
		return Credentials{}, m.misconfigured(errors.New("the secret is binary, not text"))
	}
	credentials, err := Parse(*out.SecretString, m.opts.PlainHTTP)
	if err != nil {
		return Credentials{}, m.misconfigured(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version[stage] = version{credentials: credentials, readAt: m.opts.Now()}
	return credentials, nil
}

func (m *Manager) secretsManager(ctx context.Context) (Getter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.client == nil {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return nil, m.misconfigured(fmt.Errorf("load the AWS configuration: %w", err))
		}
		m.client = secretsmanager.NewFromConfig(cfg)
	}
	return m.client, nil
}

// readProblem tells what no waiting cures from what may pass.
func (m *Manager) readProblem(err error) error {
	var notFound *types.ResourceNotFoundException
	var refused interface{ ErrorCode() string } // smithy.APIError
	switch {
	case errors.As(err, &notFound):
		return m.misconfigured(errors.New("there is no such secret, or it has no value"))
	case errors.As(err, &refused) && permanent(refused.ErrorCode()):
		return m.misconfigured(err)
	}
	return problem.ServiceUnavailable.Wrap(fmt.Errorf("read secret %q: %w", m.opts.SecretID, err), "The service could not read its configuration. Try again.")
}

func permanent(code string) bool {
	switch code {
	case "AccessDeniedException", "DecryptionFailure", "InvalidParameterException", "InvalidRequestException",
		"UnrecognizedClientException", "InvalidSignatureException", "ValidationException":
		return true
	}
	return false
}

func (m *Manager) misconfigured(err error) error {
	return problem.ServiceMisconfigured.Wrap(fmt.Errorf("secret %q: %w", m.opts.SecretID, err), "The service is not configured rightly; its log says what is wrong.")
}
