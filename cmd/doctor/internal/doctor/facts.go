package doctor

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"usher/cmd/doctor/internal/vpcendpoint"
	"usher/internal/auth0"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/secrets"
)

// facts are the input of the checks.
type facts struct {
	Patient
	policy    reading[limits.Policy]
	versions  []version // of the credentials, the current one first; empty if it cannot be read
	unread    error     // why the current version cannot be read
	described reading[secrets.Description]
	reached   reading[auth0.Discovery]
	issuer    string        // the expected one
	skew      time.Duration // how far the tenant's clock is ahead of this one
	managed   *version      // whose management token reads the setup; nil: none was issued
	budget    auth0.Budget
	endpoints []reading[vpcendpoint.Endpoint] // as Patient.Endpoints

	// The setup at the tenant. A nil pointer means that the tenant has no such object.
	registration reading[auth0.Registration] // of the sign-in application
	connection   reading[*auth0.Connection]
	limited      map[string]reading[*auth0.Connection] // those that front-ends are limited to
	enabled      reading[[]string]
	usersAPI     reading[*auth0.API]
	frontEndsAPI reading[*auth0.API]
	action       reading[*auth0.Action]
	factors      reading[[]string]
}

// reading is a fact, or the reason for its absence.
type reading[T any] struct {
	value T
	err   error
}

func read[T any](value T, err error) reading[T] { return reading[T]{value, err} }

// version is a version of the credentials with the tenant's responses to it.
type version struct {
	stage       string // AWSCURRENT, AWSPENDING, AWSPREVIOUS; "" of a file
	made        time.Time
	credentials secrets.Credentials
	err         error // why it cannot be used
	foreign     bool  // it is for another domain or application than the current one
	asked       bool  // the tenant was asked; otherwise the following members say nothing
	scopes      []string
	management  error // why there is no management token
	codes       error // why codes cannot be redeemed
	refreshing  error // why tokens cannot be refreshed
}

func (v version) oneApplication() bool {
	return v.credentials.ClientID == v.credentials.ManagementClientID
}

// current returns the version that the service uses; a zero one if it cannot be read.
func (f facts) current() version {
	if len(f.versions) == 0 {
		return version{}
	}
	return f.versions[0]
}

// onThisMachine reports whether the tenant is a developer's own.
func (f facts) onThisMachine() bool {
	return onLoopback(f.current().credentials.BaseURL())
}

// staged finds the version with a staging label; a zero one if there is none.
func (f facts) staged(stage string) version {
	for _, v := range f.versions {
		if v.stage == stage {
			return v
		}
	}
	return version{}
}

// uses reports whether a group of operations is in use.
func (f facts) uses(group permission.Name) bool {
	return slices.ContainsFunc(f.Groups, func(g permission.Group) bool { return g.Name == group })
}

// verdict says whether the tenant accepts an application's credentials.
type verdict int

const (
	unknown verdict = iota // the request failed in another way
	taken
	refused
)

func verdictOf(err error) verdict {
	switch refusal := auth0.RefusalOf(err); {
	case refusal == auth0.RefusedClient:
		return refused
	case err == nil, refusal != auth0.NotRefused: // the tenant checks everything else after the credentials
		return taken
	}
	return unknown
}

// accepted is the verdict on all credentials of a version.
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

// statusOf is the status of the provider's response, or 0 for an error without one.
func statusOf(err error) int {
	if e, ok := errors.AsType[*auth0.Error](err); ok {
		return e.Status
	}
	return 0
}

const whereTenantFails = "See https://status.auth0.com, and whether a firewall or proxy responds " +
	"instead of the tenant; then try again."

// keptAway is the result if a fact could not be read. scopes are the required ones. A failing
// tenant is wrong: the service gets no better responses.
func keptAway(err error, scopes string) Result {
	switch statusOf(err) {
	case http.StatusForbidden:
		return lacks(scopes)
	case http.StatusTooManyRequests:
		return unchecked("the tenant's rate limit is reached", "")
	}
	return wrong("the tenant gave no usable answer: "+oneLine(err), whereTenantFails)
}

func lacks(scopes string) Result {
	return unchecked("the management application lacks "+scopes,
		"To have this checked, grant the management application "+scopes+".")
}
