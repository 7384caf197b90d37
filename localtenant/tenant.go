package localtenant

import (
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
	Key          SigningKey       // default: made when first needed
	Plan         Plan             // rate limits; default PlanNone
}

// Tenant is a local tenant. It is an http.Handler and safe for concurrent use.
type Tenant struct {
	opts   Options
	mux    *http.ServeMux
	api    *description.API
	log    *slog.Logger
	pages  pages
	stats  counter
	faults faultList
	odd429 atomic.Uint32 // how many there were, with quirks

	mu       sync.Mutex // held while a handler runs; guards all below
	offset   time.Duration
	settings Settings
	limits   limiter
	keys     keyring
	clients  map[string]*client
	conns    []*connection
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
	eventSeq int
	jobs     map[string]*job
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
	if opts.Plan == "" {
		opts.Plan = PlanNone
	}
	if opts.PasswordCost == 0 {
		opts.PasswordCost = bcrypt.DefaultCost
	}
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	api, err := description.Load()
	if err != nil {
		return nil, fmt.Errorf("load the Management API's description: %w", err)
	}
	pages, err := parsePages()
	if err != nil {
		return nil, err
	}
	t := &Tenant{opts: opts, api: api, log: log, pages: pages}
	if err := t.reset(); err != nil {
		return nil, err
	}
	t.mux = t.routes()
	return t, nil
}

// reset puts the tenant's data back to what New made. Keys stay: clients cache them.
func (t *Tenant) reset() error {
	t.clients = map[string]*client{ClientID: {ID: ClientID, Secrets: []string{ClientSecret}}}
	t.conns = defaultConnections()
	t.users = newDirectory()
	t.outbox = nil
	t.txns = map[string]*transaction{}
	t.codes = map[string]*grant{}
	t.refresh = map[string]*refreshToken{}
	t.access = map[string]*accessToken{}
	t.tickets = map[string]*ticket{}
	t.roles = nil
	t.factors = map[string][]*factor{}
	t.recovery = map[string]string{}
	t.blocks = bruteForce{}
	t.events = nil
	t.jobs = map[string]*job{}
	t.limits = limiter{}
	if err := t.apply(t.defaultSettings()); err != nil {
		return err
	}
	t.sessions = map[string]*session{}
	t.revoked = map[string]bool{}
	t.issued = nil
	for _, m := range t.opts.Machines {
		if err := t.register(m); err != nil {
			return err
		}
	}
	if t.keys.current == nil && t.opts.Key != nil {
		t.keys.current = t.opts.Key
	}
	if t.opts.Empty {
		return nil
	}
	return t.addSampleUsers()
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
