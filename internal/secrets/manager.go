package secrets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/singleflight"

	"usher/internal/problem"
)

// The staging labels of a secret's versions
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html).
const (
	stageCurrent  = "AWSCURRENT"
	stagePending  = "AWSPENDING"
	stagePrevious = "AWSPREVIOUS"
)

// usualTimeout bounds one read of the secret, retries of the SDK included.
const usualTimeout = 3 * time.Second

// reloadInterval is how often, at the most, refused credentials make the secret
// be read again before its time.
const reloadInterval = 2 * time.Second

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
	Timeout   time.Duration // of one read, the SDK's retries included; 0 for 3 s
	PlainHTTP bool          // see Parse
	Log       *slog.Logger
	Failed    func(context.Context) // told of every request for which the secret could not be read; nil: nobody is
	Client    Getter                // nil: made from the environment, on first use
	Now       func() time.Time      // nil: time.Now
}

// Manager hands out the credentials. It reads the secret on demand, once for
// any number of waiters, and keeps the stale value where a read fails: the old
// credentials are likelier to work than none.
type Manager struct {
	opts   Options
	flight singleflight.Group

	lazy lazyClient

	mu       sync.Mutex
	current  *version // nil: not read yet
	reloaded time.Time
}

// version is a version of the secret, as it was read.
type version struct {
	credentials Credentials
	made        time.Time // zero: not told
	readAt      time.Time
}

// NewManager returns a Manager that has done nothing yet.
func NewManager(opts Options) *Manager {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.Timeout = cmp.Or(opts.Timeout, usualTimeout)
	return &Manager{opts: opts}
}

// Current returns the current credentials, not older than the TTL where the
// secret can be read. It fails with service-misconfigured where there are none
// that can be used, and with service-unavailable where Secrets Manager cannot
// be reached.
func (m *Manager) Current(ctx context.Context) (Credentials, error) {
	return m.get(ctx, m.opts.TTL)
}

// Reload returns credentials read after refused was handed out: those that
// another caller has read meanwhile, or fresh ones. However many are refused,
// the secret is read once in two seconds at the most.
func (m *Manager) Reload(ctx context.Context, refused Credentials) (Credentials, error) {
	if v := m.cached(); v != nil && (v.credentials != refused || !m.mayReload()) {
		return v.credentials, nil
	}
	return m.get(ctx, 0)
}

func (m *Manager) mayReload() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.reloaded.IsZero() && m.opts.Now().Sub(m.reloaded) < reloadInterval {
		return false
	}
	m.reloaded = m.opts.Now()
	return true
}

func (m *Manager) cached() *version {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current
}

func (m *Manager) get(ctx context.Context, ttl time.Duration) (Credentials, error) {
	stale := m.cached()
	if stale != nil && m.opts.Now().Sub(stale.readAt) < ttl {
		return stale.credentials, nil
	}
	fresh, err := m.fetchCurrent(ctx)
	if err == nil {
		return fresh.credentials, nil
	}
	if m.opts.Failed != nil {
		m.opts.Failed(ctx)
	}
	if stale != nil {
		m.opts.Log.WarnContext(ctx, "the secret could not be read again; the last value stays in use", "secret", m.opts.SecretID, "error", err)
		m.postpone(stale)
		return stale.credentials, nil
	}
	return Credentials{}, err
}

// postpone keeps a stale value for a while, so that not every request waits for
// a read that fails; but not where another request has read a newer one meanwhile.
func (m *Manager) postpone(stale *version) {
	kept := *stale
	kept.readAt = m.opts.Now().Add(min(retryStale, m.opts.TTL) - m.opts.TTL)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == stale {
		m.current = &kept
	}
}

// fetchCurrent reads the current version and keeps it.
func (m *Manager) fetchCurrent(ctx context.Context) (version, error) {
	return once(ctx, m, stageCurrent, func(ctx context.Context) (version, error) {
		v, err := m.fetch(ctx, stageCurrent)
		if err != nil {
			return version{}, err
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.current = &v
		return v, nil
	})
}

// once does something once for all who wait, on a context of its own: the
// request that happens to come first must not end it for the others.
func once[T any](ctx context.Context, m *Manager, what string, do func(context.Context) (T, error)) (T, error) {
	var none T
	result := m.flight.DoChan(what, func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.opts.Timeout)
		defer cancel()
		return do(own)
	})
	select {
	case <-ctx.Done():
		return none, problem.ServiceUnavailable.Wrap(ctx.Err(), "The service could not read its configuration in time.")
	case r := <-result:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	}
}

func (m *Manager) fetch(ctx context.Context, stage string) (version, error) {
	client := m.opts.Client
	if client == nil {
		made, err := m.lazy.secretsManager(ctx)
		if err != nil {
			return version{}, m.misconfigured(err)
		}
		client = made
	}
	in := &secretsmanager.GetSecretValueInput{SecretId: &m.opts.SecretID, VersionStage: &stage}
	text, made, err := value(ctx, client, in)
	if err != nil {
		return version{}, m.readProblem(err)
	}
	credentials, err := Parse(text, m.opts.PlainHTTP)
	if err != nil {
		return version{}, m.misconfigured(err)
	}
	return version{credentials: credentials, made: made, readAt: m.opts.Now()}, nil
}

// awsError is an error of any AWS service.
type awsError interface {
	error
	ErrorCode() string
}

// readProblem tells what no waiting cures from what may pass.
func (m *Manager) readProblem(err error) error {
	refused, ok := errors.AsType[awsError](err)
	switch {
	case errors.Is(err, ErrNoValue):
		return m.misconfigured(fmt.Errorf("there is no such secret, or %w", err))
	case errors.Is(err, ErrBinary), ok && slices.Contains(permanent, refused.ErrorCode()):
		return m.misconfigured(err)
	}
	return problem.ServiceUnavailable.Wrap(fmt.Errorf("read secret %q: %w", m.opts.SecretID, err), "The service could not read its configuration. Try again.")
}

// permanent are the codes of errors that no waiting cures.
var permanent = []string{
	"AccessDeniedException", "DecryptionFailure", "InvalidParameterException", "InvalidRequestException",
	"UnrecognizedClientException", "InvalidSignatureException", "ValidationException",
}

func (m *Manager) misconfigured(err error) error {
	return problem.ServiceMisconfigured.Wrap(fmt.Errorf("secret %q: %w", m.opts.SecretID, err), "The service is not configured rightly; its log says what is wrong.")
}
