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

	"usher/internal/quota"
	"usher/internal/secrets"
)

// Credentials supplies the tenant's domain and the credentials of its applications.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	// Reload reads the secret again after the provider refused a token of these credentials.
	Reload(ctx context.Context, refused secrets.Credentials) (secrets.Credentials, error)
	// Versions reads all versions after the provider refused the credentials.
	Versions(context.Context) (secrets.Versions, error)
}

// Options are the options of a Client.
type Options struct {
	Credentials        Credentials
	Audience           string   // of users' access tokens; "" for none
	ManagementAudience string   // "" for the tenant's own
	Scopes             []string // requested at a sign-in
	Log                *slog.Logger
	Now                func() time.Time
	Deadline           time.Duration                      // for one call, with its retries; 0 for 8 s
	Backoff            time.Duration                      // the longest wait before the first retry, then doubled; 0 for 200 ms
	Observe            func(context.Context, Call)        // called after every request to the provider
	ConnectionsAge     time.Duration                      // how long the shown connections are cached; 0 for a minute
	Retries            float64                            // allowed before the first successful call; 0 for 2
	RetryRefused       func(context.Context)              // called for every retry that the retry budget does not allow
	Plan               quota.Plan                         // whose rate limits apply; the zero value is unknown
	OverQuota          func(context.Context, quota.Class) // called for every call that the quota refuses
	Odd                func(context.Context)              // called for every ignored member of a response
	CorrelationID      func(context.Context) string       // sent with changes, for the tenant's log
	Traceparent        func(context.Context) string       // sent with every request, unless it is ""
	Transport          http.RoundTripper                  // nil for the default one
}

// Client is the connection to one tenant. It does no I/O before its first use or Prepare, and is safe
// for concurrent use.
type Client struct {
	opts             Options
	plain            *http.Client // retries, but sends no token
	signIn           *application
	tokens           *tokenCache
	sdk              *core.RequestOptions // for the sub-clients, which are cheap to create
	users            *usersclient.Client
	connections      *connectionsclient.Client
	keys             keySets
	shownConnections connectionsCache
	noticed          sync.Map // the names of ignored members that were logged
}

// anyTenant is the base URL for the SDK. bearer sets the real host together with the token:
// a changed secret may name another tenant, and a token is valid only at its own.
const anyTenant = "https://tenant.invalid/api/v2"

// New returns a Client.
func New(opts Options) *Client {
	opts.Deadline = cmp.Or(opts.Deadline, usualDeadline)
	opts.Backoff = cmp.Or(opts.Backoff, usualBackoff)
	opts.ConnectionsAge = cmp.Or(opts.ConnectionsAge, usualConnectionsAge)
	if opts.Transport == nil {
		opts.Transport = newTransport(opts.Now, opts.Deadline)
	}
	if opts.Observe == nil {
		opts.Observe = func(context.Context, Call) {}
	}
	if opts.RetryRefused == nil {
		opts.RetryRefused = func(context.Context) {}
	}
	if opts.OverQuota == nil {
		opts.OverQuota = func(context.Context, quota.Class) {}
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
	retrier := &retrier{next: opts.Transport, now: opts.Now, observe: opts.Observe, traceparent: opts.Traceparent,
		deadline: opts.Deadline, backoff: opts.Backoff, budget: newRetryBudget(cmp.Or(opts.Retries, firstRetries)), unpaid: opts.RetryRefused,
		quota: quota.NewBudget(opts.Plan, opts.Now), overQuota: opts.OverQuota}
	c := &Client{opts: opts, shownConnections: connectionsCache{age: opts.ConnectionsAge}}
	c.plain = &http.Client{Transport: tokenAnswers{next: retrier, begin: c.reading}}
	c.signIn = &application{source: opts.Credentials, now: opts.Now, of: signInLogin}
	c.tokens = &tokenCache{
		client:      &http.Client{Transport: tokenAnswers{next: retrier.forTokens(), begin: c.reading}},
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

// notice reports an ignored member of an unexpected type. It logs each name once and never
// the value, which may be personal data.
func (c *Client) notice(ctx context.Context, name string) {
	c.opts.Odd(ctx)
	if _, known := c.noticed.LoadOrStore(name, true); !known {
		c.opts.Log.WarnContext(ctx, "ignored a member of unexpected type in a response of the provider", "member", name)
	}
}
