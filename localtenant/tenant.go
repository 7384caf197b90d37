package localtenant

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/bcrypt"

	"usher/localtenant/description"
	"usher/localtenant/devpages"
)

// The application and the database connection that every tenant starts with.
const (
	ClientID     = "usher-local"
	ClientSecret = "usher-local-secret"
	Connection   = "Username-Password-Authentication"
)

// Options say how a tenant is to be.
type Options struct {
	BaseURL      string           // where it is reached, no trailing slash; the issuer is BaseURL + "/"
	Now          func() time.Time // default time.Now
	Callbacks    []string         // redirect URIs allowed beside the two defaults
	LogoutURLs   []string         // where sign-outs may return to beside the two defaults
	Audiences    []string         // APIs that users' access tokens may be asked for, beside the Management API
	Machines     []Machine        // applications with tokens of their own; their audiences are APIs as well
	Quirks       bool             // of Settings
	PasswordCost int              // of bcrypt; default bcrypt.DefaultCost
	Log          *slog.Logger     // one line per request; nil is silent
	Empty        bool             // without the sample users
	Staff        bool             // with the sample staff of the console, beside other users
	Key          SigningKey       // default: made when first needed
	Plan         Plan             // rate limits; default PlanNone
}

// Tenant is a local tenant. It is an http.Handler and safe for concurrent use.
type Tenant struct {
	opts    Options
	mux     *http.ServeMux
	api     *description.API
	pages   pages
	devSite devpages.Site
	stats   counter
	faults  faultList
	odd429  atomic.Uint32 // how many there were, with quirks

	mu       sync.Mutex // held while a handler runs; guards all below
	offset   time.Duration
	settings Settings
	keys     []SigningKey // newest first
	eventSeq int
	data
}

// data is what a reset drops.
type data struct {
	limits   limiter
	clients  map[string]*client
	conns    []*connection // first the default database
	users    *directory
	outbox   []Mail
	txns     map[string]*transaction
	codes    map[string]*grant
	refresh  map[string]*refreshToken
	access   map[string]*accessToken
	tickets  map[string]*ticket
	roles    []*role
	factors  map[string][]*factor // by user
	recovery map[string]string    // recovery codes by user
	blocks   bruteForce
	events   []event
	jobs     map[string]*job
	imports  []*importJob // those that have not ended, oldest first
	sessions map[string]*session
	revoked  map[string]bool // management tokens that were withdrawn
	issued   []string        // management tokens in use
}

// New makes a tenant with its application, connections and sample users.
func New(opts Options) (*Tenant, error) {
	u, err := url.Parse(opts.BaseURL)
	if err != nil || u.Host == "" || strings.HasSuffix(opts.BaseURL, "/") {
		return nil, fmt.Errorf("base URL %q: want scheme://host without a trailing slash", opts.BaseURL)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.Plan = cmp.Or(opts.Plan, PlanNone)
	opts.PasswordCost = cmp.Or(opts.PasswordCost, bcrypt.DefaultCost)
	opts.Log = cmp.Or(opts.Log, slog.New(slog.DiscardHandler))
	api, err := description.Load()
	if err != nil {
		return nil, fmt.Errorf("load the Management API's description: %w", err)
	}
	pages, err := allPages()
	if err != nil {
		return nil, err
	}
	site, err := devpages.New()
	if err != nil {
		return nil, err
	}
	t := &Tenant{opts: opts, api: api, pages: pages, devSite: site}
	if err := t.reset(); err != nil {
		return nil, err
	}
	t.mux = t.routes()
	return t, nil
}

// reset puts the tenant's data back to what New made. Keys stay: clients cache them.
func (t *Tenant) reset() error {
	t.data = data{
		limits:   limiter{buckets: map[string]*bucket{}},
		clients:  map[string]*client{ClientID: {ID: ClientID, Secrets: []string{ClientSecret}}},
		conns:    defaultConnections(),
		users:    newDirectory(),
		txns:     map[string]*transaction{},
		codes:    map[string]*grant{},
		refresh:  map[string]*refreshToken{},
		access:   map[string]*accessToken{},
		tickets:  map[string]*ticket{},
		factors:  map[string][]*factor{},
		recovery: map[string]string{},
		blocks:   bruteForce{},
		jobs:     map[string]*job{},
		sessions: map[string]*session{},
		revoked:  map[string]bool{},
	}
	if err := t.apply(t.defaultSettings()); err != nil {
		return err
	}
	for _, m := range t.opts.Machines {
		if err := t.register(m); err != nil {
			return err
		}
	}
	if len(t.keys) == 0 && t.opts.Key != nil {
		t.keys = []SigningKey{t.opts.Key}
	}
	if !t.opts.Empty {
		if err := t.addSampleUsers(); err != nil {
			return err
		}
	}
	if !t.opts.Staff {
		return nil
	}
	return t.addStaff()
}

// locked runs do with the tenant's lock held.
func (t *Tenant) locked(do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	do()
}

// ServeHTTP implements http.Handler.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.mux.ServeHTTP(w, r) }

// ConnState counts new connections. Hang it on an http.Server.
func (t *Tenant) ConnState(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		t.stats.count(func(s *Stats) { s.Connections++ })
	}
}

// Issuer is the tenant's issuer, with the slash that Auth0 puts at its end.
func (t *Tenant) Issuer() string { return t.opts.BaseURL + "/" }

// Audience is the Management API's audience.
func (t *Tenant) Audience() string { return t.opts.BaseURL + "/api/v2/" }

// now is the tenant's clock, which tests can move. Auth0 keeps milliseconds.
func (t *Tenant) now() time.Time {
	return t.opts.Now().Add(t.offset).UTC().Truncate(time.Millisecond)
}
