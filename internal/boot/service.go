// Package boot wires the service, once in each process: for a Lambda (HTTP), and for the
// local server and whole-API tests (New, Handler). It does no I/O before the first request, except with
// provisioned concurrency.
package boot

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/auth0"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/metrics"
	"usher/internal/seal"
	"usher/internal/secrets"
	"usher/internal/session"
	"usher/internal/users"
)

// Deadline limits all work for one request, unless the configuration sets another one. The functions'
// timeout in the template is longer, so that a late provider still gets the client a response.
const Deadline = 8 * time.Second

// Operation is what a function serves.
type Operation = api.Operation

// Credentials supplies the provider's credentials: a secrets.Manager, or a secrets.Static
// on a developer's machine.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	Versions(context.Context) (secrets.Versions, error)
	Reload(ctx context.Context, refused secrets.Credentials) (secrets.Credentials, error)
}

// Service holds the dependencies of all operations.
type Service struct {
	config config.Config
	client *auth0.Client
	sealer *seal.Sealer
	now    func() time.Time
	log    *slog.Logger

	measures *metrics.Writer // nil for none
	backend  jobs.Backend    // zero for none
}

// New wires a Service.
func New(cfg config.Config, credentials Credentials, log *slog.Logger, now func() time.Time) *Service {
	cfg.Deadline = deadlineOf(cfg)
	client := auth0.New(auth0.Options{
		Credentials:        credentials,
		Audience:           cfg.Audience,
		ManagementAudience: cfg.ManagementAudience,
		Scopes:             cfg.Scopes,
		Log:                log,
		Now:                now,
		Deadline:           cfg.Deadline,
		Backoff:            cfg.Backoff,
		Observe:            func(ctx context.Context, c auth0.Call) { httpapi.CountProviderCall(ctx, httpapi.ProviderCall(c)) },
		RetryRefused:       httpapi.CountRetryRefused,
		Transport:          cfg.Transport,
		Retries:            cfg.Retries,
		ConnectionsAge:     cfg.ConnectionsAge,
		Plan:               cfg.Plan,
		OverQuota:          httpapi.CountOverQuota,
		Odd:                httpapi.CountUnreadable,
		CorrelationID:      httpapi.CorrelationID,
		Traceparent:        httpapi.Traceparent,
	})
	return &Service{config: cfg, client: client, sealer: seal.New(credentials, now), now: now, log: log}
}

func deadlineOf(cfg config.Config) time.Duration { return cmp.Or(cfg.Deadline, Deadline) }

// Auth0 returns the client of the identity provider.
func (s *Service) Auth0() *auth0.Client { return s.client }

// Vault returns the access to Secrets Manager for changes of the secret.
func (s *Service) Vault() *secrets.Vault { return secrets.NewVault() }

// SecretIDs returns the IDs of the deployment's secrets; the service itself uses the first one.
func (s *Service) SecretIDs() []string {
	if s.config.ReadSecretID == "" {
		return []string{s.config.SecretID}
	}
	return []string{s.config.SecretID, s.config.ReadSecretID}
}

// Sealer returns the sealer for cursors and the state of sign-ins.
func (s *Service) Sealer() *seal.Sealer { return s.sealer }

// Now returns the clock.
func (s *Service) Now() func() time.Time { return s.now }

// Deadline returns the limit for all work for one request.
func (s *Service) Deadline() time.Duration { return s.config.Deadline }

// Connection returns the connection for new users whose request names none.
func (s *Service) Connection() string { return s.config.Connection }

// CreateOptions returns the deployment's settings for creating users.
func (s *Service) CreateOptions() users.CreateOptions {
	return users.CreateOptions{Connection: s.config.Connection, ResultURLs: s.config.ResultURLs}
}

// ResultURLs returns the URLs that the pages behind mailed links may redirect to.
func (s *Service) ResultURLs() []string { return s.config.ResultURLs }

// SignInOptions returns the deployment's settings for sign-ins and sign-outs.
func (s *Service) SignInOptions() session.Options {
	return session.Options{RedirectURIs: s.config.RedirectURIs, LogoutURIs: s.config.LogoutURIs, Unbound: s.config.Binding == config.BindingNone, Now: s.now}
}

// Handler serves the operations as one server. authenticate identifies the caller of a request.
func (s *Service) Handler(serving httpapi.ServeOptions, authenticate Authenticate, operations ...api.Operation) http.Handler {
	server := s.server()
	server.Authenticate = authenticate
	serving.Deadline = s.config.Deadline
	return httpapi.Serve(server.Handler(operations...), serving)
}

// Authenticate identifies the caller of a request.
type Authenticate = func(*http.Request) (api.Principal, error)

func (s *Service) server() api.Server {
	return api.Server{Limits: s.config.Limits, Directory: s.client.Users()}
}
