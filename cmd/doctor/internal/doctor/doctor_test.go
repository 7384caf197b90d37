package doctor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/config"
	"usher/internal/permission"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// Where all is well, every check says so, and the tenant has seen nothing but reads
// and requests for tokens.
func TestAllIsWell(t *testing.T) {
	for name, change := range map[string]func(*testing.T, *clinic){
		"two applications": func(*testing.T, *clinic) {},
		"one application": func(t *testing.T, c *clinic) {
			c.configure(t, func(s *localtenant.Settings) {
				s.Application.Type, s.Application.Grants = "regular_web", []string{"authorization_code", "refresh_token", "client_credentials"}
				s.Application.Callbacks, s.Application.LogoutURLs = []string{callback}, []string{signedOut}
			})
			p := &c.patient.Credentials
			p.ClientID, p.ClientSecret = p.ManagementClientID, p.ManagementClientSecret
		},
		"several URLs": func(_ *testing.T, c *clinic) {
			const local = "http://localhost:3000/callback" // is no leftover where it is configured
			c.patient.Config.RedirectURIs = append(c.patient.Config.RedirectURIs, local)
			c.register(func(a *localtenant.Application) {
				a.Callbacks = append(a.Callbacks, local, "https://another.example.com/")
			})
		},
		"a rotation": func(_ *testing.T, c *clinic) {
			c.patient.Rotation = true
			c.tenant.Tenant.SetScopes(slices.Concat(needed(permission.All()), lookers, []string{"update:client_keys"})...)
		},
		"limits":                    func(_ *testing.T, c *clinic) { c.patient.Limits = limitedTo("github") },
		"no audience, no sign-outs": func(_ *testing.T, c *clinic) { c.patient.Config.Audience, c.patient.Config.LogoutURIs = "", nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t)
			change(t, c)
			c.tenant.Tenant.ResetStats()
			results := Examine(t.Context(), c.patient, c.with)
			compareOutcomes(t, results, map[string]Outcome{})
			if !Healthy(results) {
				t.Error("not healthy")
			}
			for route := range c.tenant.Tenant.Stats().Routes {
				if !strings.HasPrefix(route, "GET ") && route != "POST /oauth/token" {
					t.Errorf("it sent %s", route)
				}
			}
		})
	}
}

const tenantsIssuer = "https://" + domain + "/"

// takesTokens lets front-ends send tokens.
func (c *clinic) takesTokens(issuer, audience string) {
	c.patient.Tokens = &config.Authorizer{Issuer: issuer, Audience: audience}
}

// accessOf has the tenant say of its APIs who gets tokens for them.
func accessOf(policies string) localtenant.Fault {
	return localtenant.Fault{
		Route: "GET /api/v2/resource-servers/{id}", Status: 200,
		Body: `{"id":"1","identifier":"i","allow_offline_access":true,"subject_type_authorization":` + policies + `}`,
	}
}

// A tenant that gives users no tokens for front-ends' API is as it should be.
func TestAnApiThatUsersGetNoTokensFor(t *testing.T) {
	c := open(t)
	c.takesTokens(tenantsIssuer, audience+"usher")
	c.tenant.Tenant.Fail(accessOf(`{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}}`))
	if r := resultOf(t, Examine(t.Context(), c.patient, c.with), "front-end-tokens"); r.Outcome != OK || !strings.Contains(r.Finding, "no user gets a token") {
		t.Errorf("%+v", r)
	}
}

// Each breakage is named by its check, with what to do, and no other check is led
// astray by it.
func TestBreakages(t *testing.T) {
	tests := map[string]struct {
		broken func(*testing.T, *clinic)
		want   map[string]Outcome
		id     string // of the check that names it
		says   string
		advice string
	}{
		"no such host": {func(_ *testing.T, c *clinic) {
			c.with.Transport = dialing(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true})
		},
			and(all(NotChecked, ofAsker, ofReach), "domain", Wrong), "domain", "no such host", someAdvice},
		"nothing listens": {func(_ *testing.T, c *clinic) { c.with.Transport = dialing(errors.New("connection refused")) },
			and(all(NotChecked, ofAsker, ofReach), "domain", Wrong), "domain", "connection refused", someAdvice},
		"another website": {func(t *testing.T, c *clinic) { c.at(t, http.NotFoundHandler()) },
			and(all(NotChecked, ofAsker), "discovery", Wrong), "discovery", "is no tenant of Auth0", someAdvice},
		"a website that takes everything": {func(t *testing.T, c *clinic) {
			c.at(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) }))
		}, and(all(NotChecked, ofAsker), "discovery", Wrong), "discovery", "is no tenant of Auth0", someAdvice},
		"a name that is not the tenant's": {func(t *testing.T, c *clinic) {
			c.patient.Config.ManagementAudience = c.tenant.Tenant.Audience()
			c.at(t, c.proxy(t))
		}, and(and(all(NotChecked, ofAsker), "discovery", Wrong), "clock", OK), "discovery", "the host calls itself", someAdvice},
		"a custom domain without the audience": {func(t *testing.T, c *clinic) {
			c.hosts["login.example.com"], c.patient.Credentials.Domain = c.hosts[domain], "login.example.com"
			c.tenant.Tenant.Fail(localtenant.Fault{
				Route: "GET /.well-known/openid-configuration", Status: 200, Body: `{"issuer":"https://login.example.com/","token_endpoint":"https://login.example.com/oauth/token"}`,
			})
		},
			and(all(NotChecked, ofToken), "management-audience", Wrong), "management-audience", "the domain is a custom one", "MANAGEMENT_AUDIENCE"},
		"a wrong audience": {func(_ *testing.T, c *clinic) {
			c.patient.Config.ManagementAudience = "https://other.example.com/api/v2/"
		},
			and(all(NotChecked, ofToken), "management-audience", Wrong), "management-audience", "https://other", "MANAGEMENT_AUDIENCE"},
		"the tenant is down": {func(_ *testing.T, c *clinic) { c.tenant.Tenant.Fail(localtenant.Fault{Status: 503}) },
			and(all(NotChecked, ofAsker), "discovery", Wrong), "discovery", "503", "status.auth0.com"},
		"a limit before anything": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.Fail(localtenant.Fault{Status: 429, Reset: time.Now().Add(time.Hour)})
		}, and(and(all(NotChecked, ofAsker), "discovery", Wrong), "rate-limit", Wrong), "discovery", "the tenant's rate limit is reached", someAdvice},
		"a firewall": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.Fail(localtenant.Fault{Kind: localtenant.FaultHTML, Status: 403})
		},
			and(all(NotChecked, ofAsker), "discovery", Wrong), "discovery", "403", someAdvice},
		"a firewall before tokens": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /oauth/token", Kind: localtenant.FaultHTML, Status: 403})
		}, withoutTokens(), "management-credentials", "something in front of the token endpoint refuses", someAdvice},
		"the Management API is down": {func(_ *testing.T, c *clinic) {
			for _, r := range c.tenant.Tenant.Routes() {
				if strings.Contains(r.Pattern, "/api/v2/") {
					c.tenant.Tenant.Fail(localtenant.Fault{Route: r.Pattern, Status: 500})
				}
			}
		}, and(all(Wrong, ofSetup), "rate-limit", NotChecked), "connection", "500", "status.auth0.com"},
		"the Management API answers with pages": {func(_ *testing.T, c *clinic) {
			for _, r := range c.tenant.Tenant.Routes() {
				if strings.Contains(r.Pattern, "/api/v2/") {
					c.tenant.Tenant.Fail(localtenant.Fault{Route: r.Pattern, Kind: localtenant.FaultHTML, Status: 200})
				}
			}
		}, and(all(Wrong, ofSetup), "rate-limit", NotChecked), "callbacks", "no usable answer", "status.auth0.com"},
		"no tokens": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /oauth/token", Status: 500})
		}, withoutTokens(), "management-credentials", "500", "status.auth0.com"},
		"tokens beyond the limit": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /oauth/token", Status: 429, Reset: time.Now().Add(time.Hour)})
		}, and(withoutTokens(), "rate-limit", Wrong), "sign-in-credentials", "the token endpoint refuses requests", someAdvice},
		"no codes": {func(_ *testing.T, c *clinic) {
			c.hosts[domain] = c.failing(t, func(r *http.Request) bool { return r.FormValue("client_id") == web })
		}, and(all(NotChecked, []string{"grant-types"}), "sign-in-credentials", Wrong), "sign-in-credentials", "503", "status.auth0.com"},

		"a clock that is ahead": {func(_ *testing.T, c *clinic) {
			fast := c.with.Now().Add(5 * time.Minute)
			c.with.Now = func() time.Time { return fast }
		},
			all(Wrong, []string{"clock"}), "clock", "5m0s", "NTP"},
		"a clock that is behind": {func(_ *testing.T, c *clinic) {
			slow := c.with.Now().Add(-30 * time.Second)
			c.with.Now = func() time.Time { return slow }
		},
			all(Warning, []string{"clock"}), "clock", "s behind", "NTP"},

		"a tenant's clock that is ahead": {func(_ *testing.T, c *clinic) { c.tenant.Tenant.Advance(time.Hour) },
			all(Wrong, []string{"clock"}), "clock", "behind the tenant's", "NTP"},
		"a wrong management secret": {func(_ *testing.T, c *clinic) { c.patient.Credentials.ManagementClientSecret = "s3cr3t" },
			and(and(all(NotChecked, ofToken, []string{"management-audience"}), "management-credentials", Wrong), "grant-types", NotChecked),
			"management-credentials", `"usher-local"`, someAdvice},
		"a wrong management client id": {func(_ *testing.T, c *clinic) { c.patient.Credentials.ManagementClientID = "nobody" },
			and(and(all(NotChecked, ofToken, []string{"management-audience"}), "management-credentials", Wrong), "grant-types", NotChecked),
			"management-credentials", `"nobody"`, someAdvice},
		"a wrong sign-in secret": {func(_ *testing.T, c *clinic) { c.patient.Credentials.ClientSecret = "s3cr3t" },
			and(all(NotChecked, []string{"grant-types"}), "sign-in-credentials", Wrong), "sign-in-credentials", `"web"`, someAdvice},
		"a wrong sign-in client id": {func(_ *testing.T, c *clinic) { c.patient.Credentials.ClientID = "nobody" },
			and(all(NotChecked, []string{"grant-types", "application-type", "callbacks", "logout-urls", "spare-urls", "connection-enabled"}), "sign-in-credentials", Wrong),
			"sign-in-credentials", `"nobody"`, "client_id"},

		"a scope of one group": {func(_ *testing.T, c *clinic) { c.tenant.Tenant.RemoveScope("read:logs_users") },
			all(Wrong, []string{"scopes"}), "scopes", "read:logs_users (for UsherSupport, UsherExport)", someAdvice},
		"the scope of limits alone": {func(_ *testing.T, c *clinic) {
			c.patient.Groups, c.patient.Limits = permission.Having([]string{"usher:sessions"}), limitedTo("github")
			c.tenant.Tenant.RemoveScope("read:users")
		}, and(and(all(NotChecked, []string{
			"sign-in-credentials", "application-type", "callbacks", "logout-urls", "spare-urls", "connection-enabled", "audience", "mfa-action", "mfa-factors",
		}), "spare-scopes", Warning), "scopes", Wrong), "scopes", "read:users", someAdvice},
		"scopes of two groups": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.RemoveScope("read:roles")
			c.tenant.Tenant.RemoveScope("create:user_tickets")
		}, all(Wrong, []string{"scopes"}), "scopes", "create:user_tickets (for UsherManage, UsherRecovery, UsherBulk); read:roles (for UsherRoles, UsherExport)", "create:user_tickets read:roles"},
		"none of the rotation": {func(_ *testing.T, c *clinic) { c.patient.Rotation = true },
			all(Wrong, []string{"scopes"}), "scopes", "update:client_keys", someAdvice},
		"no grant of the API": {func(_ *testing.T, c *clinic) { c.tenant.Tenant.SetScopes() },
			and(and(all(NotChecked, ofToken), "scopes", Wrong), "management-audience", NotChecked), "scopes", "was granted nothing", someAdvice},
		"a scope to read applications": {func(_ *testing.T, c *clinic) { c.tenant.Tenant.RemoveScope("read:clients") },
			and(all(NotChecked, []string{"application-type", "callbacks", "logout-urls", "spare-urls", "connection-enabled"}), "scopes", Wrong),
			"callbacks", "read:clients", "read:clients"},
		"a summary of applications alone": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.RemoveScope("read:clients")
			c.tenant.Tenant.SetScopes(append(c.tenant.Tenant.Settings().Application.Scopes, "read:client_summary")...)
		}, and(all(NotChecked, []string{"application-type", "callbacks", "logout-urls", "spare-urls"}), "scopes", Wrong), "callbacks", "read:clients", someAdvice},
		"no scopes of the doctor's own": {func(_ *testing.T, c *clinic) { c.tenant.Tenant.SetScopes(needed(permission.All())...) },
			all(NotChecked, []string{"mfa-action", "mfa-factors", "audience"}), "mfa-action", "read:actions", "read:actions"},
		"a dangerous scope": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.SetScopes(slices.Concat(needed(permission.All()), lookers, []string{"update:client_keys", "read:stats"})...)
		}, all(Warning, []string{"spare-scopes"}), "spare-scopes", "update:client_keys", "-rotation"},

		"no authorization_code": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.Grants = []string{"refresh_token"} })
		}, all(Wrong, []string{"grant-types"}), "grant-types", `"web" may not use authorization_code`, someAdvice},
		"no refresh_token": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.Grants = []string{"authorization_code"} })
		}, all(Wrong, []string{"grant-types"}), "grant-types", `"web" may not use refresh_token`, someAdvice},
		"no client_credentials": {func(t *testing.T, c *clinic) {
			c.configure(t, func(s *localtenant.Settings) { s.Application.Grants = []string{"authorization_code"} })
		}, and(and(all(NotChecked, ofToken), "grant-types", Wrong), "management-audience", NotChecked), "grant-types", `"usher-local" may not use client_credentials`, someAdvice},
		"a public client": {func(_ *testing.T, c *clinic) { c.register(func(a *localtenant.Application) { a.AuthMethod = "none" }) },
			all(Wrong, []string{"application-type"}), "application-type", "public", "Authentication Method"},
		"a key in place of a secret": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.AuthMethod = "private_key_jwt" })
		}, all(Wrong, []string{"application-type"}), "application-type", "private_key_jwt", "Authentication Method"},
		"a secret in the header": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.AuthMethod = "client_secret_basic" })
		}, all(Warning, []string{"application-type"}), "application-type", "client_secret_basic", "Authentication Method"},
		"a single-page application": {func(_ *testing.T, c *clinic) { c.register(func(a *localtenant.Application) { a.Type = "spa" }) },
			all(Warning, []string{"application-type"}), "application-type", `"spa"`, "Regular Web Application"},
		"grants of the past": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.Grants = append(a.Grants, "implicit", "password") })
		}, all(Warning, []string{"application-type"}), "application-type", "implicit, password", someAdvice},

		"a callback that is missing": {func(_ *testing.T, c *clinic) {
			c.patient.Config.RedirectURIs = append(c.patient.Config.RedirectURIs, callback+"/")
		}, all(Wrong, []string{"callbacks"}), "callbacks", callback + "/", "Allowed Callback URLs"},
		"a logout URL that is missing": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.LogoutURLs = []string{"https://app.example.com"} })
		}, all(Wrong, []string{"logout-urls"}), "logout-urls", signedOut, "Allowed Logout URLs"},
		"a wildcard": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.Callbacks = []string{"https://*.example.com/callback"} })
		}, all(Warning, []string{"spare-urls"}), "spare-urls", "https://*.example.com/callback", someAdvice},
		"a developer's address": {func(_ *testing.T, c *clinic) {
			c.register(func(a *localtenant.Application) { a.Callbacks = append(a.Callbacks, "http://localhost:3000/callback") })
		}, all(Warning, []string{"spare-urls"}), "spare-urls", "http://localhost:3000/callback", someAdvice},

		"no such connection": {func(_ *testing.T, c *clinic) { c.patient.Config.Connection = "staff" },
			and(all(NotChecked, []string{"connection-enabled"}), "connection", Wrong), "connection", `"staff"`, "CONNECTION"},
		"a connection that is not enabled": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.AddConnection(localtenant.NewConnection{Name: "staff", Strategy: "auth0", Disabled: true})
			c.patient.Config.Connection = "staff"
		}, all(Wrong, []string{"connection-enabled"}), "connection-enabled", `"staff"`, someAdvice},
		"a connection that is not for signing in": {func(_ *testing.T, c *clinic) {
			c.tenant.Tenant.AddConnection(localtenant.NewConnection{Name: "staff", Strategy: "auth0", NoSignIn: true})
			c.patient.Config.Connection = "staff"
		}, all(Wrong, []string{"connection-enabled"}), "connection-enabled", `"staff"`, someAdvice},
		"a connection that is no database": {func(_ *testing.T, c *clinic) { c.patient.Config.Connection = "github" },
			all(Wrong, []string{"connection"}), "connection", `"github"`, "CONNECTION"},

		"no such audience": {func(_ *testing.T, c *clinic) { c.patient.Config.Audience = "https://other.example.com/" },
			all(Wrong, []string{"audience"}), "audience", `"https://other.example.com/"`, someAdvice},
		"no offline access": {func(t *testing.T, c *clinic) {
			c.configure(t, func(s *localtenant.Settings) { s.NoOfflineAccess = true })
		},
			all(Wrong, []string{"audience"}), "audience", "no refresh tokens", "Allow Offline Access"},

		"no audience and no token": {func(_ *testing.T, c *clinic) {
			c.patient.Config.Audience = ""
			c.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /oauth/token", Status: 503})
		}, and(withoutTokens(), "audience", OK), "audience", "none is asked for", ""},
		"an API that users get tokens for": {func(_ *testing.T, c *clinic) { c.takesTokens(tenantsIssuer, audience+"usher") },
			all(Warning, []string{"front-end-tokens"}), "front-end-tokens", "users get tokens for", `"User Access"`},
		"an API of which the tenant does not say": {func(_ *testing.T, c *clinic) {
			c.takesTokens(tenantsIssuer, audience+"usher")
			c.tenant.Tenant.Fail(accessOf(`{}`))
		}, all(Warning, []string{"front-end-tokens"}), "front-end-tokens", "users get tokens for", "deploy/auth0/bearer.yaml"},
		"an API with grants for users": {func(_ *testing.T, c *clinic) {
			c.takesTokens(tenantsIssuer, audience+"usher")
			c.tenant.Tenant.Fail(accessOf(`{"user":{"policy":"require_client_grant"},"client":{"policy":"require_client_grant"}}`))
		}, all(Warning, []string{"front-end-tokens"}), "front-end-tokens", "users get tokens for", "deploy/auth0/bearer.yaml"},
		"an API for no front-end": {func(_ *testing.T, c *clinic) {
			c.takesTokens(tenantsIssuer, audience+"usher")
			c.tenant.Tenant.Fail(accessOf(`{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`))
		}, all(Wrong, []string{"front-end-tokens"}), "front-end-tokens", "no application gets a token", `"Client Access"`},
		"no API of front-ends": {func(_ *testing.T, c *clinic) { c.takesTokens(tenantsIssuer, "https://other.example.com/") },
			all(Wrong, []string{"front-end-tokens"}), "front-end-tokens", `"https://other.example.com/"`, someAdvice},
		"one API for users and front-ends": {func(_ *testing.T, c *clinic) { c.takesTokens("https://else.example.com/", audience) },
			all(Wrong, []string{"front-end-tokens"}), "front-end-tokens", "is the AUDIENCE of users' tokens, too", someAdvice},
		"tokens of another issuer": {func(_ *testing.T, c *clinic) { c.takesTokens("https://else.example.com/", audience+"usher") },
			all(OK), "front-end-tokens", "another issuer", "docs/bearer.md"},
		"an API that cannot be looked at": {func(_ *testing.T, c *clinic) {
			c.takesTokens(tenantsIssuer, audience+"usher")
			c.tenant.Tenant.RemoveScope("read:resource_servers")
		}, all(NotChecked, []string{"audience"}), "front-end-tokens", "read:resource_servers", "read:resource_servers"},

		"no Action": {func(t *testing.T, c *clinic) { c.action(t, localtenant.MFAActionNone) },
			all(Warning, []string{"mfa-action"}), "mfa-action", "has no Action", someAdvice},
		"an Action that is not deployed": {func(t *testing.T, c *clinic) { c.action(t, localtenant.MFAActionDraft) },
			all(Wrong, []string{"mfa-action"}), "mfa-action", "is not deployed", someAdvice},
		"an Action that is not bound": {func(t *testing.T, c *clinic) { c.action(t, localtenant.MFAActionDeployed) },
			all(Wrong, []string{"mfa-action"}), "mfa-action", "not in the login flow", someAdvice},
		"an Action without an ID": {func(_ *testing.T, c *clinic) {
			for route, body := range map[string]string{
				"actions":                       `{"actions":[{"name":"require-mfa","deployed_version":{},"all_changes_deployed":true}]}`,
				"triggers/{triggerId}/bindings": `{"bindings":[{"action":{}}]}`,
			} {
				c.tenant.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/actions/" + route, Status: 200, Body: body})
			}
		}, all(Wrong, []string{"mfa-action"}), "mfa-action", "not in the login flow", someAdvice},
		"no factors": {func(t *testing.T, c *clinic) {
			c.configure(t, func(s *localtenant.Settings) { s.Factors = []string{"recovery-code"} })
		},
			all(Warning, []string{"mfa-factors"}), "mfa-factors", "none is switched on", someAdvice},

		"a limit that is reached": {func(_ *testing.T, c *clinic) {
			for _, r := range c.tenant.Tenant.Routes() {
				if strings.Contains(r.Pattern, "/api/v2/") {
					c.tenant.Tenant.Fail(localtenant.Fault{Route: r.Pattern, Status: 429, Reset: time.Now().Add(time.Hour)})
				}
			}
		}, and(all(NotChecked, ofSetup), "rate-limit", Wrong), "rate-limit", "it is reached", someAdvice},
		"a limit that is nearly reached": {func(_ *testing.T, c *clinic) {
			for _, r := range c.tenant.Tenant.Routes() {
				if strings.Contains(r.Pattern, "/api/v2/") {
					c.tenant.Tenant.Fail(localtenant.Fault{Route: r.Pattern, Header: http.Header{"X-RateLimit-Remaining": {"3"}}})
				}
			}
		}, all(Warning, []string{"rate-limit"}), "rate-limit", "3 of 50 requests are left", someAdvice},
		"no word of a limit": {func(t *testing.T, c *clinic) {
			c.configure(t, func(s *localtenant.Settings) { s.Plan = localtenant.PlanNone })
		},
			all(NotChecked, []string{"rate-limit"}), "rate-limit", "tells of none", ""},

		"limits that are wrong": {func(_ *testing.T, c *clinic) { c.patient.Limits = `{"front_ends":[{"name":"shop","colour":"red"}]}` },
			all(Wrong, []string{"limits"}), "limits", "front_ends[0]", "docs/limits.md"},
		"limits to a connection that is not there": {func(_ *testing.T, c *clinic) { c.patient.Limits = limitedTo("staff") },
			all(Wrong, []string{"limits"}), "limits", `"staff"`, someAdvice},
		"limits that cannot be compared": {func(_ *testing.T, c *clinic) {
			c.patient.Limits = limitedTo("github")
			c.tenant.Tenant.RemoveScope("read:connections")
		}, and(all(NotChecked, []string{"limits", "connection", "connection-enabled"}), "scopes", Wrong), "limits", "not whether its connections are there", ""},

		"credentials that are not whole": {func(_ *testing.T, c *clinic) {
			c.patient.Credentials.Domain, c.patient.Wrong = "", errors.New("missing: DOMAIN")
		}, and(all(NotChecked, ofAsker, ofReach, []string{"domain"}), "configuration", Wrong), "configuration", "missing: DOMAIN", someAdvice},
		"no redirect URIs": {func(_ *testing.T, c *clinic) {
			c.patient.Config.RedirectURIs, c.patient.Wrong = nil, errors.New("REDIRECT_URIS is empty: list at least one")
		}, and(all(NotChecked, []string{"callbacks"}), "configuration", Wrong), "callbacks", "no redirect URI is configured", ""},
		"names that mean nothing": {func(_ *testing.T, c *clinic) {
			c.patient.Unknown = []string{"COLOUR", "REDIRECT_URL"}
		}, all(Warning, []string{"configuration"}), "configuration", "COLOUR, REDIRECT_URL", someAdvice},
		"a name that is misspelt": {func(_ *testing.T, c *clinic) {
			c.patient.Unknown, c.patient.Wrong = []string{"SCOPE"}, errors.New("SCOPES lacks openid")
		}, all(Wrong, []string{"configuration"}), "configuration", ": SCOPE", someAdvice},
		"a configuration that is wrong": {func(_ *testing.T, c *clinic) {
			c.patient.Wrong = errors.Join(errors.New("SCOPES lacks openid"), errors.New("and more"))
		},
			all(Wrong, []string{"configuration"}), "configuration", "SCOPES lacks openid; and more", someAdvice},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t)
			tt.broken(t, c)
			results := Examine(t.Context(), c.patient, c.with)
			compareOutcomes(t, results, tt.want)
			r := resultOf(t, results, tt.id)
			if !strings.Contains(r.Finding, tt.says) || !strings.Contains(r.Advice, tt.advice) || tt.advice == "" && r.Advice != "" {
				t.Errorf("%+v, want one that says %q and advises %q", r, tt.says, tt.advice)
			}
			if healthy := !slices.ContainsFunc(results, func(r Result) bool { return r.Outcome == Wrong }); Healthy(results) != healthy {
				t.Errorf("Healthy is %t", !healthy)
			}
		})
	}
}

// A small plan's limit is reached by the doctor itself, which waits.
func TestASmallPlan(t *testing.T) {
	c := open(t)
	c.configure(t, func(s *localtenant.Settings) { s.Plan = localtenant.PlanFree })
	c.clockRuns.Store(true)
	results := Examine(t.Context(), c.patient, c.with)
	compareOutcomes(t, results, all(Warning, []string{"rate-limit"}))
	if r := resultOf(t, results, "rate-limit"); !strings.Contains(r.Finding, "it is 2 at once") {
		t.Errorf("%+v", r)
	}
}

// Where nobody signs in, there is nothing to say about the sign-in application.
func TestGroupsThatSignNobodyIn(t *testing.T) {
	c := open(t)
	c.patient.Groups = slices.DeleteFunc(permission.All(), func(g permission.Group) bool { return g.Name != "UsherRead" })
	c.tenant.Tenant.SetScopes("read:users", "read:connections")
	results := Examine(t.Context(), c.patient, c.with)
	compareOutcomes(t, results, all(NotChecked, []string{
		"sign-in-credentials", "application-type", "callbacks", "logout-urls", "spare-urls", "connection-enabled", "audience", "mfa-action", "mfa-factors",
	}))
	if got := c.tenant.Tenant.Stats().Routes["POST /oauth/token"]; got > 2 {
		t.Errorf("%d requests for tokens", got)
	}
}

func TestTLS(t *testing.T) {
	c := open(t)
	server := httptest.NewTLSServer(c.tenant.Tenant)
	t.Cleanup(server.Close)
	plain := strings.TrimPrefix(c.hosts[domain], "http://")
	c.with.Transport = nil
	for domain, says := range map[string]string{
		strings.TrimPrefix(server.URL, "https://"): "unknown authority",
		plain: "does not look like a TLS handshake",
	} {
		c.patient.Credentials.Domain = domain
		results := Examine(t.Context(), c.patient, c.with)
		r := resultOf(t, results, "tls")
		if r.Outcome != Wrong || !strings.Contains(r.Finding, says) || resultOf(t, results, "domain").Outcome != OK || resultOf(t, results, "management-credentials").Outcome != NotChecked {
			t.Errorf("%s: %+v", domain, results)
		}
	}
	c.patient.Credentials.Domain = strings.TrimPrefix(server.URL, "https://")
	c.patient.Config.ManagementAudience = c.tenant.Tenant.Audience()
	c.with.Transport = server.Client().Transport
	results := Examine(t.Context(), c.patient, c.with)
	if r := resultOf(t, results, "tls"); r.Outcome != OK || resultOf(t, results, "discovery").Outcome != Wrong {
		t.Errorf("trusted: %+v", results)
	}
}

// A developer's tenant may allow loopback addresses and all scopes, since its credentials are public.
func TestATenantOnThisMachine(t *testing.T) {
	s := tenanttest.Start(t)
	results := Examine(t.Context(), Patient{
		Groups: permission.All(),
		Config: config.Config{Connection: localtenant.Connection, RedirectURIs: []string{"http://127.0.0.1:3000/callback"}, Scopes: []string{"openid"}, Binding: config.BindingCookie},
		Credentials: secrets.Credentials{
			Domain: s.URL, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret,
			ManagementClientID: localtenant.ClientID, ManagementClientSecret: localtenant.ClientSecret,
		},
	}, Instruments{Now: time.Now, Getenv: nothing})
	compareOutcomes(t, results, all(NotChecked, []string{"tls", "spare-scopes", "rate-limit"}))
}

func limitedTo(connection string) string {
	return `{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"shop","connections":["` + connection + `"]}]}`
}

// at names another host as the domain.
func (c *clinic) at(t *testing.T, h http.Handler) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c.hosts["other.example.com"], c.patient.Credentials.Domain = s.URL, "other.example.com"
}

// failing is the URL of a tenant that answers some requests with 503.
func (c *clinic) failing(t *testing.T, fails func(*http.Request) bool) string {
	t.Helper()
	next := c.proxy(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if fails(r) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// proxy stands before the tenant under another name.
func (c *clinic) proxy(t *testing.T) http.Handler {
	t.Helper()
	u, err := url.Parse(c.hosts[domain])
	if err != nil {
		t.Fatal(err)
	}
	return httputil.NewSingleHostReverseProxy(u)
}

func (c *clinic) action(t *testing.T, stage localtenant.MFAAction) {
	t.Helper()
	c.configure(t, func(s *localtenant.Settings) { s.MFAAction = stage })
}

// dialing is a transport that gets no connection.
func dialing(err error) http.RoundTripper {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}}
}
