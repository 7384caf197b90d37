// Package boot wires the service together, once per process: for a Lambda
// (HTTP), and for the local server and whole-API tests (New, Handler).
//
// Nothing here does I/O before the first request.
package boot

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"usher/internal/auth0"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/limits"
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
type Operation = httpapi.Operation

// Credentials is where the provider's credentials come from: a
// secrets.Manager, or a secrets.Static on a developer's machine.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	Versions(context.Context) (secrets.Versions, error)
	Reload(ctx context.Context, refused secrets.Credentials) (secrets.Credentials, error)
}

// Env is what operations are made of.
type Env struct {
	config config.Config
	client *auth0.Client
	sealer *seal.Sealer
	now    func() time.Time
}

// New wires an Env.
func New(cfg config.Config, credentials Credentials, log *slog.Logger, now func() time.Time) *Env {
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
	return &Env{config: cfg, client: client, sealer: seal.New(credentials, now), now: now}
}

func deadlineOf(cfg config.Config) time.Duration { return cmp.Or(cfg.Deadline, Deadline) }

// Users is the tenant's users.
func (e *Env) Users() auth0.Users { return e.client.Users() }

// Blocks is what keeps the tenant's users out.
func (e *Env) Blocks() auth0.Blocks { return e.client.Blocks() }

// Recovery is the tenant's mails and links to set passwords and to verify
// addresses.
func (e *Env) Recovery() auth0.Recovery { return e.client.Recovery() }

// Identities is the tenant's connections and its users' identities.
func (e *Env) Identities() auth0.Identities { return e.client.Identities() }

// Roles is the tenant's roles, and who has them.
func (e *Env) Roles() auth0.Roles { return e.client.Roles() }

// Metadata is what users may edit themselves.
func (e *Env) Metadata() auth0.Metadata { return e.client.Metadata() }

// AppMetadata is what the company decides about users.
func (e *Env) AppMetadata() auth0.Metadata { return e.client.AppMetadata() }

// MFA is what the tenant's users have enrolled.
func (e *Env) MFA() auth0.MFA { return e.client.MFA() }

// SignIn is the tenant's half of a sign-in.
func (e *Env) SignIn() auth0.SignIn { return e.client.SignIn() }

// Sessions is the tenant's sessions.
func (e *Env) Sessions() auth0.Sessions { return e.client.Sessions() }

// Tokens is the tenant's tokens.
func (e *Env) Tokens() auth0.Tokens { return e.client.Tokens() }

// Applications are the tenant's registered applications.
func (e *Env) Applications() auth0.Applications { return e.client.Applications() }

// Vault is Secrets Manager, for a change of the secret.
func (e *Env) Vault() *secrets.Vault { return secrets.NewVault() }

// SecretIDs are the ids of the deployment's secrets, the one first that all this is
// done with.
func (e *Env) SecretIDs() []string {
	if e.config.ReadSecretID == "" {
		return []string{e.config.SecretID}
	}
	return []string{e.config.SecretID, e.config.ReadSecretID}
}

// Events is the tenant's log.
func (e *Env) Events() auth0.Events { return e.client.Events() }

// Sealer makes cursors and the state of sign-ins.
func (e *Env) Sealer() *seal.Sealer { return e.sealer }

// Now is the clock.
func (e *Env) Now() func() time.Time { return e.now }

// Deadline is for all that is done for one request.
func (e *Env) Deadline() time.Duration { return e.config.Deadline }

// Connection is where users are created unless they say otherwise.
func (e *Env) Connection() string { return e.config.Connection }

// Creating is what the deployment decides about creating users.
func (e *Env) Creating() users.CreateOptions {
	return users.CreateOptions{Connection: e.config.Connection, ResultURLs: e.config.ResultURLs}
}

// ResultURLs are where the pages behind mailed links may lead to.
func (e *Env) ResultURLs() []string { return e.config.ResultURLs }

// Session is what the deployment decides about sign-ins and sign-outs.
func (e *Env) Session() session.Options {
	return session.Options{RedirectURIs: e.config.RedirectURIs, LogoutURIs: e.config.LogoutURIs, Unbound: e.config.Binding == config.BindingNone, Now: e.now}
}

// NewLog returns the log of a Lambda: JSON lines, and no fewer audit lines on
// any level.
func NewLog(out io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: httpapi.LevelName}))
}

// Mux routes to the operations, each held to the limits of the front-end that
// calls.
func (e *Env) Mux(operations ...Operation) http.Handler {
	guard := limits.Guard{Policy: e.config.Limits, Directory: e.client.Users()}
	guarded := make([]Operation, len(operations))
	for i, operation := range operations {
		guarded[i] = guard.Operation(operation)
	}
	return httpapi.Mux(guarded...)
}

// Handler serves the operations over plain HTTP, as one server.
func (e *Env) Handler(log *slog.Logger, operations ...Operation) http.Handler {
	return httpapi.Serve(e.Mux(operations...), httpapi.ServeOptions{Log: log, Deadline: e.config.Deadline})
}
