package auth0

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	connectionsclient "github.com/auth0/go-auth0/v3/management/connections/client"
	"github.com/auth0/go-auth0/v3/management/core"
	"github.com/auth0/go-auth0/v3/management/option"
	usersclient "github.com/auth0/go-auth0/v3/management/users/client"

	"usher/internal/secrets"
)

// Credentials is where the tenant's domain and its applications' credentials
// come from.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	// Reload is for credentials that the provider refused with a token.
	Reload(ctx context.Context, refused secrets.Credentials) (secrets.Credentials, error)
	// Versions is for those that it refused by themselves.
	Versions(context.Context) (secrets.Versions, error)
}

// Options are what a Client needs.
type Options struct {
	Credentials        Credentials
	Audience           string   // of users' access tokens; "" for none
	ManagementAudience string   // "" for the tenant's own
	Scopes             []string // asked for at a sign-in
	Log                *slog.Logger
	Now                func() time.Time
	Deadline           time.Duration                // for one call, with its repetitions; 0 for 8 s
	Backoff            time.Duration                // before the first repetition, doubled from one to the next; 0 for 100 ms
	Observe            func(context.Context, Call)  // told of every request to the provider
	Odd                func(context.Context)        // told of every member of an answer that was left out
	CorrelationID      func(context.Context) string // goes into the tenant's log of what was changed
	Traceparent        func(context.Context) string // goes on with every request, unless it is ""
	Transport          http.RoundTripper            // nil: a tuned one
}

// Client is the connection to one tenant. It does nothing before its first
// use, is safe for concurrent use, and lives as long as its container.
type Client struct {
	opts        Options
	plain       *http.Client // retries, but carries no token
	signIn      *application
	tokens      *tokenCache
	sdk         *core.RequestOptions // for the sub-clients, which cost nothing to make
	users       *usersclient.Client
	connections *connectionsclient.Client
	keys        keySets
	noticed     sync.Map // the names of odd members that the log has
}

// anyTenant is where the SDK believes the tenant to be. The host is set with the
// token: a changed secret may name another tenant, and a token is good at its own.
const anyTenant = "https://tenant.invalid/api/v2"

// New returns a Client.
func New(opts Options) *Client {
	opts.Deadline = cmp.Or(opts.Deadline, usualDeadline)
	opts.Backoff = cmp.Or(opts.Backoff, usualBackoff)
	if opts.Transport == nil {
		opts.Transport = newTransport(opts.Now, opts.Deadline)
	}
	if opts.Observe == nil {
		opts.Observe = func(context.Context, Call) {}
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Odd == nil {
		opts.Odd = func(context.Context) {}
	}
	none := func(context.Context) string { return "" }
	if opts.CorrelationID == nil {
		opts.CorrelationID = none
	}
	if opts.Traceparent == nil {
		opts.Traceparent = none
	}
	retrier := &retrier{next: opts.Transport, now: opts.Now, observe: opts.Observe, traceparent: opts.Traceparent, deadline: opts.Deadline, backoff: opts.Backoff}
	c := &Client{opts: opts}
	c.plain = &http.Client{Transport: tokenAnswers{next: retrier, begin: c.reading}}
	c.signIn = &application{source: opts.Credentials, now: opts.Now, of: signInLogin}
	c.tokens = &tokenCache{
		client:      &http.Client{Transport: tokenAnswers{next: retrier.ofTokens(), begin: c.reading}},
		credentials: opts.Credentials, audience: opts.ManagementAudience, now: opts.Now, log: opts.Log, deadline: opts.Deadline,
		application: &application{source: opts.Credentials, now: opts.Now, of: managementLogin},
	}
	c.sdk = core.NewRequestOptions(
		option.WithBaseURL(anyTenant),
		option.WithHTTPClient(&bearer{tokens: c.tokens, next: retrier, correlationID: opts.CorrelationID}),
		option.WithoutRetries(),
	)
	c.users = usersclient.NewClient(c.sdk)
	c.connections = connectionsclient.NewClient(c.sdk)
	return c
}

// notice tells of a member that is of an unexpected type, and was left out. The log
// has each name once; the value may be anything, and nobody gets it.
func (c *Client) notice(ctx context.Context, name string) {
	c.opts.Odd(ctx)
	if _, known := c.noticed.LoadOrStore(name, true); !known {
		c.opts.Log.WarnContext(ctx, "the provider's answer has a member of an unexpected type, which is left out", "member", name)
	}
}
