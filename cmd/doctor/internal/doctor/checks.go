package doctor

// check is one thing to look at: its diagnosis follows from the facts.
type check struct {
	id, title string
	look      func(facts) diagnosis
}

// checks are all that are made, in this order. docs/doctor.md explains each.
var checks = []check{
	{"configuration", "Configuration", checkConfiguration},
	{"limits", "Limits of single front-ends", checkLimits},
	{"secret", "Secret", checkSecret},
	{"domain", "Tenant's domain", checkDomain},
	{"tls", "Tenant's certificate", checkTLS},
	{"discovery", "Issuer", checkDiscovery},
	{"clock", "Clocks", checkClock},
	{"management-credentials", "Management application's credentials", checkManagementCredentials},
	{"sign-in-credentials", "Sign-in application's credentials", checkSignInCredentials},
	{"secret-versions", "Versions of the secret", checkSecretVersions},
	{"management-audience", "Management API's audience", checkManagementAudience},
	{"scopes", "Management application's scopes", checkScopes},
	{"spare-scopes", "Scopes that nothing needs", checkSpareScopes},
	{"grant-types", "Grants of the applications", checkGrantTypes},
	{"application-type", "Sign-in application's type", checkApplicationType},
	{"callbacks", "Redirect URIs", checkCallbacks},
	{"logout-urls", "Post-logout redirect URIs", checkLogoutURLs},
	{"spare-urls", "URLs that nothing needs", checkSpareURLs},
	{"connection", "Connection for new users", checkConnection},
	{"connection-enabled", "Connections of the sign-in application", checkConnectionEnabled},
	{"audience", "API of the access tokens", checkAudience},
	{"front-end-tokens", "API of front-ends' tokens", checkFrontendTokens},
	{"mfa-action", "Action for second factors", checkMFAAction},
	{"mfa-factors", "Second factors", checkMFAFactors},
	{"rate-limit", "Rate limit", checkRateLimit},
	{"vpc-endpoint", "VPC endpoints", checkVPCEndpoint},
}

// Check is a check's name.
type Check struct{ ID, Title string }

// Checks lists all checks.
func Checks() []Check {
	var all []Check
	for _, c := range checks {
		all = append(all, Check{c.id, c.title})
	}
	return all
}
