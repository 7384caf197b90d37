package secrets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/singleflight"

	"usher/internal/problem"
	"usher/internal/shared"
)

// The staging labels of a secret's versions
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html).
const (
	stageCurrent  = "AWSCURRENT"
	stagePending  = "AWSPENDING"
	stagePrevious = "AWSPREVIOUS"
)

// usualTimeout bounds one read of the secret, including the SDK's retries.
const usualTimeout = 3 * time.Second

// reloadInterval is the minimum interval between two reloads after refused credentials.
const reloadInterval = 2 * time.Second

// retryStale is the time between a failed read and the next attempt. The stale value is used
// meanwhile.
const retryStale = 30 * time.Second

// Getter is the call of Secrets Manager that Manager uses.
type Getter interface {
	GetSecretValue(
		context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
	) (*secretsmanager.GetSecretValueOutput, error)
}

// Options configures a Manager.
type Options struct {
	SecretID  string        // name or ARN
	TTL       time.Duration // how long a value is cached
	Timeout   time.Duration // of one read, including the SDK's retries; 0 for 3 s
	PlainHTTP bool          // see Parse
	Log       *slog.Logger
	Failed    func(context.Context) // called for every request whose read failed; may be nil
	Client    Getter                // nil: one that is configured by a function's environment
	Now       func() time.Time      // nil: time.Now
}

// Manager returns and caches the credentials. It reads the secret on demand, once for all
// concurrent callers. If a read fails, it returns the stale value, which probably still
// works.
type Manager struct {
	opts   Options
	flight singleflight.Group

	mu       sync.Mutex
	current  *version // nil: not read yet
	reloaded time.Time
}

// version is a version of the secret.
type version struct {
	credentials Credentials
	made        time.Time // zero: unknown
	readAt      time.Time
}

// NewManager returns a Manager that has not read the secret.
func NewManager(opts Options) *Manager {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Client == nil {
		opts.Client = newClient(os.Getenv)
	}
	opts.Timeout = cmp.Or(opts.Timeout, usualTimeout)
	return &Manager{opts: opts}
}

// Current returns the current credentials, not older than the TTL unless a read fails. It
// fails with service-misconfigured if there are no usable credentials, and with
// service-unavailable if Secrets Manager is unreachable.
func (m *Manager) Current(ctx context.Context) (Credentials, error) {
	return m.get(ctx, m.opts.TTL)
}

// Reload returns credentials that were read after refused: from another caller's read, or
// from a new one. It reads the secret at most once in two seconds.
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
		const message = "the secret could not be read again; the last value stays in use"
		m.opts.Log.WarnContext(ctx, message, "secret", m.opts.SecretID, "error", err)
		m.postpone(stale)
		return stale.credentials, nil
	}
	return Credentials{}, err
}

// postpone keeps a stale value for some time, so that not every request waits for a failing
// read. It does nothing if another request has read a newer value.
func (m *Manager) postpone(stale *version) {
	kept := *stale
	kept.readAt = m.opts.Now().Add(min(retryStale, m.opts.TTL) - m.opts.TTL)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == stale {
		m.current = &kept
	}
}

// fetchCurrent reads and caches the current version.
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

// once deduplicates concurrent calls: it calls do once for all callers with the same what.
// do gets a separate context, so that canceling one request does not affect the others.
func once[T any](ctx context.Context, m *Manager, what string, do func(context.Context) (T, error)) (T, error) {
	var none T
	result := m.flight.DoChan(what, func() (any, error) {
		own, cancel := context.WithTimeout(shared.Work(ctx), m.opts.Timeout)
		defer cancel()
		return do(own)
	})
	select {
	case <-shared.GivenUp(ctx):
		return none, problem.ServiceUnavailable.Wrap(ctx.Err(), "The service could not read its configuration in time.")
	case r := <-result:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	}
}

func (m *Manager) fetch(ctx context.Context, stage string) (version, error) {
	in := &secretsmanager.GetSecretValueInput{SecretId: &m.opts.SecretID, VersionStage: &stage}
	text, made, err := value(ctx, m.opts.Client, in)
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

// readProblem maps permanent errors to service-misconfigured, and temporary ones to
// service-unavailable.
func (m *Manager) readProblem(err error) error {
	refused, ok := errors.AsType[awsError](err)
	switch {
	case errors.Is(err, ErrNoValue):
		return m.misconfigured(fmt.Errorf("there is no such secret, or %w", err))
	case errors.Is(err, ErrBinary), ok && slices.Contains(permanent, refused.ErrorCode()):
		return m.misconfigured(err)
	}
	return problem.ServiceUnavailable.Wrap(fmt.Errorf("read secret %q: %w", m.opts.SecretID, err),
		"The service could not read its configuration. Try again.")
}

// permanent lists the codes of errors that a retry cannot fix.
var permanent = []string{
	"AccessDeniedException", "DecryptionFailure", "InvalidParameterException", "InvalidRequestException",
	"UnrecognizedClientException", "InvalidSignatureException", "ValidationException",
}

func (m *Manager) misconfigured(err error) error {
	return problem.ServiceMisconfigured.Wrap(fmt.Errorf("secret %q: %w", m.opts.SecretID, err),
		"The service is misconfigured. See its log for the cause.")
}
