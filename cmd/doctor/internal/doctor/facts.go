package doctor

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"usher/cmd/doctor/internal/vpcendpoint"
	"usher/internal/auth0"
	"usher/internal/permission"
	"usher/internal/secrets"
)

// facts are all that the checks know.
type facts struct {
	Patient
	versions  []version // of the credentials, the current one first; none where none can be read
	unread    error     // why the current version cannot be
	described reading[secrets.Description]
	reached   reading[auth0.Discovery]
	issuer    string        // the expected one
	skew      time.Duration // how much the tenant's clock is ahead of this one; with reached.Date
	managed   *version      // with which a management token was had; nil: with none
	tenant    setup
	budget    auth0.Budget
	endpoints []reading[vpcendpoint.Endpoint] // as Patient.Endpoints
}

// reading is a fact, or what kept it away.
type reading[T any] struct {
	value T
	err   error
}

func read[T any](value T, err error) reading[T] { return reading[T]{value, err} }

// setup is what is set up at the tenant.
type setup struct {
	registration reading[auth0.Registration]           // of the sign-in application
	connection   reading[*auth0.Connection]            // nil: there is none
	limited      map[string]reading[*auth0.Connection] // those that front-ends are limited to
	enabled      reading[[]string]
	offline      reading[*bool]         // of the audience; nil: there is no such API
	access       reading[*auth0.Access] // to the API of front-ends' tokens; nil: there is none
	action       reading[auth0.Action]
	factors      reading[[]string]
}

// version is a version of the credentials and what the tenant makes of it.
type version struct {
	stage       string // AWSCURRENT, AWSPENDING, AWSPREVIOUS; "" of a file
	made        time.Time
	credentials secrets.Credentials
	err         error // why it cannot be used
	foreign     bool  // it is about another domain or application than the current one
	asked       bool  // the tenant was; else what follows says nothing
	scopes      []string
	management  error // why there is no management token
	codes       error // why codes cannot be redeemed
	refreshing  error // why tokens cannot be refreshed
}

// name is what to call the version in a sentence.
func (v version) name() string {
	if v.stage == "" {
		return "the file"
	}
	return v.stage
}

func (v version) oneApplication() bool {
	return v.credentials.ClientID == v.credentials.ManagementClientID
}

// current is the version that everything is to work with.
func (f facts) current() (version, bool) {
	if len(f.versions) == 0 || f.versions[0].err != nil {
		return version{}, false
	}
	return f.versions[0], true
}

// onThisMachine reports whether the tenant is a developer's own.
func (f facts) onThisMachine() bool {
	c, ok := f.current()
	return ok && onLoopback(c.credentials.BaseURL())
}

const thisMachine = "this is a tenant on this machine"

// staged finds a version beside the current one.
func (f facts) staged(stage string) (version, bool) {
	i := slices.IndexFunc(f.versions, func(v version) bool { return v.stage == stage })
	if i < 0 {
		return version{}, false
	}
	return f.versions[i], true
}

// uses reports whether a group of operations is in use.
func (f facts) uses(group permission.Name) bool {
	for _, g := range f.Groups {
		if g.Name == group {
			return true
		}
	}
	return false
}

// verdict is what the tenant makes of an application's credentials.
type verdict int

const (
	unknown verdict = iota // it failed in another way
	taken
	refused
)

func verdictOf(err error) verdict {
	switch auth0.RefusalOf(err) {
	case auth0.RefusedClient:
		return refused
	case auth0.RefusedGrant, auth0.UnknownAPI, auth0.RefusedAPI: // looked at only when the credentials are right
		return taken
	case auth0.NotRefused:
		if err == nil {
			return taken
		}
	}
	return unknown
}

// accepted is what the tenant makes of all credentials of a version.
func (f facts) accepted(v version) verdict {
	management, signIn := verdictOf(v.management), verdictOf(v.codes)
	if v.oneApplication() || !f.uses(permission.SignIn) {
		signIn = management
	}
	switch {
	case !v.asked:
		return unknown
	case management == refused || signIn == refused:
		return refused
	case management == taken && signIn == taken:
		return taken
	}
	return unknown
}

var (
	errNoToken = errors.New("there is no management token to look with")
	errNoIDs   = errors.New("there are no credentials to look with")
	errUnasked = errors.New("the tenant cannot be asked")
)

// statusOf is the status of the provider's answer, or 0 for an error without one.
func statusOf(err error) int {
	if e, ok := errors.AsType[*auth0.Error](err); ok {
		return e.Status
	}
	return 0
}

const whereTenantFails = "See https://status.auth0.com, and whether a firewall or proxy answers in the tenant's place; then try again."

// keptAway is the diagnosis where a fact is missing. scopes are those that looking
// takes. A tenant that fails is wrong: the service gets no better answers.
func keptAway(err error, scopes string) diagnosis {
	switch {
	case errors.Is(err, errNoToken), errors.Is(err, errNoIDs), errors.Is(err, errUnasked):
		return unchecked(err.Error(), "")
	case statusOf(err) == http.StatusForbidden:
		return unchecked("the management application lacks "+scopes, "To have this checked, grant the management application "+scopes+".")
	case statusOf(err) == http.StatusTooManyRequests:
		return unchecked("the tenant's rate limit is reached", "")
	}
	return wrong("the tenant gave no usable answer: "+oneLine(err), whereTenantFails)
}
