// Package boot wires the service together, once per process: for a Lambda
// (HTTP), and for the local server and whole-API tests (New, Handler).
//
// Nothing here does I/O before the first request.
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
	"usher/internal/seal"
	"usher/internal/secrets"
	"usher/internal/session"
	"usher/internal/users"
)

// Deadline is for all that is done for one request, unless the configuration says
// otherwise. The functions' timeout in the template is longer, so that a late provider
// still gets an answer of ours.
const Deadline = 8 * time.Second

// Operation is what a function serves.
type Operation = api.Operation

// Credentials is where the provider's credentials come from: a
// secrets.Manager, or a secrets.Static on a developer's machine.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	Versions(context.Context) (secrets.Versions, error)
	Reload(ctx context.Context, refused secrets.Credentials) (secrets.Credentials, error)
}

// Service is the dependencies of all operations.
type Service struct {
	config config.Config
	client *auth0.Client
	sealer *seal.Sealer
	now    func() time.Time
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
		Odd:                httpapi.CountUnreadable,
		CorrelationID:      httpapi.CorrelationID,
		Traceparent:        httpapi.Traceparent,
	})
	return &Service{config: cfg, client: client, sealer: seal.New(credentials, now), now: now}
}

func deadlineOf(cfg config.Config) time.Duration { return cmp.Or(cfg.Deadline, Deadline) }

// Auth0 is the provider, through which all domains work.
func (s *Service) Auth0() *auth0.Client { return s.client }

// Vault is Secrets Manager, for a change of the secret.
func (s *Service) Vault() *secrets.Vault { return secrets.NewVault() }

// SecretIDs are the ids of the deployment's secrets, the one first that all this is
// done with.
func (s *Service) SecretIDs() []string {
	if s.config.ReadSecretID == "" {
		return []string{s.config.SecretID}
	}
	return []string{s.config.SecretID, s.config.ReadSecretID}
}

// Sealer makes cursors and the state of sign-ins.
func (s *Service) Sealer() *seal.Sealer { return s.sealer }

// Now is the clock.
func (s *Service) Now() func() time.Time { return s.now }

// Deadline is for all that is done for one request.
func (s *Service) Deadline() time.Duration { return s.config.Deadline }

// Connection is where users are created unless they say otherwise.
func (s *Service) Connection() string { return s.config.Connection }

// CreateOptions are what the deployment decides about creating users.
func (s *Service) CreateOptions() users.CreateOptions {
	return users.CreateOptions{Connection: s.config.Connection, ResultURLs: s.config.ResultURLs}
}

// ResultURLs are where the pages behind mailed links may lead to.
func (s *Service) ResultURLs() []string { return s.config.ResultURLs }

// SignInOptions are what the deployment decides about sign-ins and sign-outs.
func (s *Service) SignInOptions() session.Options {
	return session.Options{RedirectURIs: s.config.RedirectURIs, LogoutURIs: s.config.LogoutURIs, Unbound: s.config.Binding == config.BindingNone, Now: s.now}
}

// Handler serves the operations as one server. authenticate tells who calls, and
// origin what a gateway before it knows of a request; nil for none.
func (s *Service) Handler(serving httpapi.ServeOptions, authenticate Authenticate, operations ...api.Operation) http.Handler {
	server := api.Server{Authenticate: authenticate, Limits: s.config.Limits, Directory: s.client.Users()}
	serving.Deadline = s.config.Deadline
	return httpapi.Serve(server.Handler(operations...), serving)
}

// Authenticate tells who calls.
type Authenticate = func(*http.Request) (api.Principal, error)
