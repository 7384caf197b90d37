package doctor

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/config"
	"usher/internal/permission"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

const (
	callback  = "https://app.example.com/callback"
	signedOut = "https://app.example.com/"
	audience  = "https://api.example.com/"
	web       = "web"
	webSecret = "the-web-applications-secret"
)

// lookers are scopes that only the doctor needs.
var lookers = []string{"read:actions", "read:guardian_factors", "read:resource_servers"}

// The tenant's domain, and where it is: tests put hosts on this machine, and the
// transport finds them by name.
const domain = "tenant.example.com"

type hosts map[string]string // URLs by name

// network is not the default transport: a test server that closes closes the idle connections of
// that one, and other tests run at the same time.
var network = &http.Transport{}

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	if at, ok := h[r.URL.Host]; ok {
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host, _ = strings.Cut(at, "://")
	}
	return network.RoundTrip(r)
}

// clinic is a tenant that is set up as the documentation says, with two
// applications, and a deployment that fits it.
type clinic struct {
	tenant  *tenanttest.Server
	hosts   hosts
	patient Patient
	with    Instruments

	clockRuns *atomic.Bool
}

func nothing(string) string { return "" }

func open(t *testing.T) *clinic {
	t.Helper()
	found := hosts{}
	began, clockRuns := time.Now(), &atomic.Bool{} // it stands at first, or a slow call would be taken for a clock that is off
	now := func() time.Time {
		if clockRuns.Load() {
			return time.Now()
		}
		return began
	}
	s := tenanttest.Start(t, func(o *localtenant.Options) {
		o.Now = now
		found[domain], o.BaseURL, o.Audiences = o.BaseURL, "https://"+domain, []string{audience, audience + "usher"}
	})
	c := &clinic{tenant: s, hosts: found, clockRuns: clockRuns, with: Instruments{Now: now, Getenv: nothing, Transport: found, Deadline: testkit.Patience}, patient: Patient{
		Groups: permission.All(),
		Config: config.Config{
			Connection: localtenant.Connection, RedirectURIs: []string{callback}, LogoutURIs: []string{signedOut},
			Audience: audience, Scopes: []string{"openid", "offline_access"}, Binding: config.BindingCookie,
		},
		Credentials: secrets.Credentials{
			Domain: domain, ClientID: web, ClientSecret: webSecret,
			ManagementClientID: localtenant.ClientID, ManagementClientSecret: localtenant.ClientSecret,
		},
	}}
	c.configure(t, func(s *localtenant.Settings) {
		s.Plan = localtenant.PlanEnterprise
		s.Application.Type, s.Application.Grants = "non_interactive", []string{"client_credentials"}
	})
	s.Tenant.SetScopes(slices.Concat(needed(permission.All()), lookers)...)
	c.register(func(*localtenant.Application) {})
	return c
}

func (c *clinic) configure(t *testing.T, change func(*localtenant.Settings)) {
	t.Helper()
	if err := c.tenant.Tenant.Configure(change); err != nil {
		t.Fatal(err)
	}
}

// register registers the sign-in application with a change.
func (c *clinic) register(change func(*localtenant.Application)) {
	a := c.tenant.Tenant.Settings().Application
	a.Type, a.Scopes = "regular_web", nil
	a.Callbacks, a.LogoutURLs, a.Grants = []string{callback}, []string{signedOut}, []string{"authorization_code", "refresh_token"}
	change(&a)
	c.tenant.Tenant.AddApplication(web, webSecret, a)
}

func needed(groups []permission.Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, g.Needs...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// someAdvice is in every advice, which is never a single word.
const someAdvice = " "

// outcomes are those that are not as they are where all is well.
func outcomes(results []Result) map[string]Outcome {
	all := map[string]Outcome{}
	for _, r := range results {
		expected := OK
		if slices.Contains(unaskedOfAFile, r.ID) {
			expected = NotChecked
		}
		if r.Outcome != expected {
			all[r.ID] = r.Outcome
		}
	}
	return all
}

// unaskedOfAFile are the checks that mean nothing with a file, without a VPC
// endpoint, where front-ends sign.
var unaskedOfAFile = []string{"front-end-tokens", "secret", "secret-versions", "vpc-endpoint"}

// all says of several checks what came of them.
func all(o Outcome, lists ...[]string) map[string]Outcome {
	m := map[string]Outcome{}
	for _, id := range slices.Concat(lists...) {
		m[id] = o
	}
	return m
}

// and adds what came of one; OK is not told.
func and(m map[string]Outcome, id string, o Outcome) map[string]Outcome {
	if m[id] = o; o == OK {
		delete(m, id)
	}
	return m
}

// What follows from what, where it cannot be had.
var (
	ofReach = []string{"tls", "discovery"}
	ofSetup = []string{
		"application-type", "callbacks", "logout-urls", "spare-urls", "connection", "connection-enabled", "audience", "mfa-action", "mfa-factors",
	}
	ofToken = append([]string{"scopes", "spare-scopes", "rate-limit"}, ofSetup...)
	ofAsker = append([]string{"clock", "management-credentials", "sign-in-credentials", "management-audience", "grant-types"}, ofToken...)
)

func compareOutcomes(t *testing.T, results []Result, want map[string]Outcome) {
	t.Helper()
	if diff := cmp.Diff(want, outcomes(results)); diff != "" {
		t.Errorf("%s\n%+v", diff, results)
	}
}

func resultOf(t *testing.T, results []Result, id string) Result {
	t.Helper()
	i := slices.IndexFunc(results, func(r Result) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("no check %q", id)
	}
	return results[i]
}
