package doctor

import (
	"net/http"

	"usher/internal/permission"
)

// check derives its result from the facts.
type check struct {
	id, title string
	needs     need
	look      func(facts) Result
}

// need is what a check requires. Without it, the check is not made.
type need int

const (
	none         need = 0
	credentials  need = 1                   // a readable current version
	answers      need = 2 | credentials     // a tenant that responds as the issuer
	token        need = 4 | answers         // for the Management API
	signIn       need = 8                   // that the operations for signing in are in use
	registration need = 16 | token | signIn // of the sign-in application
)

// checks are in the order of their dependencies. docs/doctor.md explains each.
var checks = []check{
	{"configuration", "Configuration", none, checkConfiguration},
	{"limits", "Limits of single front-ends", none, checkLimits},
	{"secret", "Secret", none, checkSecret},
	{"domain", "Tenant's domain", credentials, checkDomain},
	{"tls", "Tenant's certificate", credentials, checkTLS},
	{"discovery", "Issuer", credentials, checkDiscovery},
	{"clock", "Clocks", credentials, checkClock},
	{"management-credentials", "Management application's credentials", answers, checkManagementCredentials},
	{"sign-in-credentials", "Sign-in application's credentials", signIn | answers, checkSignInCredentials},
	{"secret-versions", "Versions of the secret", none, checkSecretVersions},
	{"management-audience", "Management API's audience", answers, checkManagementAudience},
	{"scopes", "Management application's scopes", answers, checkScopes},
	{"spare-scopes", "Scopes that nothing needs", token, checkSpareScopes},
	{"grant-types", "Grants of the applications", answers, checkGrantTypes},
	{"application-type", "Sign-in application's type", registration, checkApplicationType},
	{"callbacks", "Redirect URIs", registration, checkCallbacks},
	{"logout-urls", "Post-logout redirect URIs", registration, checkLogoutURLs},
	{"spare-urls", "URLs that nothing needs", registration, checkSpareURLs},
	{"connection", "Connection for new users", token, checkConnection},
	{"connection-enabled", "Connections of the sign-in application", signIn | token, checkConnectionEnabled},
	{"audience", "API of the access tokens", signIn, checkAudience},
	{"front-end-tokens", "API of front-ends' tokens", none, checkFrontendTokens},
	{"mfa-action", "Action for second factors", signIn | token, checkMFAAction},
	{"mfa-factors", "Second factors", signIn | token, checkMFAFactors},
	{"rate-limit", "Rate limit", none, checkRateLimit},
	{"vpc-endpoint", "VPC endpoints", none, checkVPCEndpoint},
}

const noToken = "there is no management token to look with"

// unmet returns the result of a check whose needs are not met, or an empty one.
func (f facts) unmet(needs need) Result {
	has := func(n need) bool { return needs&n == n }
	switch r := f.registration; {
	case has(signIn) && !f.uses(permission.SignIn):
		return unchecked("the operations of "+string(permission.SignIn)+" are not in use", "")
	case has(credentials) && len(f.versions) == 0:
		return unchecked("there are no credentials to look with", "")
	case has(answers) && !f.versions[0].asked:
		return unchecked("the tenant cannot be asked", "")
	case has(token) && f.managed == nil:
		return unchecked(noToken, "")
	case !has(registration):
	case statusOf(r.err) == http.StatusNotFound:
		return unchecked("the tenant has no such application", "")
	case r.err != nil:
		return keptAway(r.err, "read:clients")
	case r.value.AuthMethod == "":
		return lacks("read:clients")
	}
	return Result{}
}
