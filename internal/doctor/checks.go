package doctor

// check is one question, which it answers from the facts.
type check struct {
	id, title string
	look      func(facts) diagnosis
}

// checks are all that are made, in this order. docs/doctor.md explains each.
var checks = []check{
	{"configuration", "The configuration holds together", checkConfiguration},
	{"limits", "The limits of single front-ends can be read", checkLimits},
	{"secret", "The secret can be read, and holds credentials", checkSecret},
	{"domain", "The tenant's domain can be reached", checkDomain},
	{"tls", "The tenant's certificate is trusted", checkTLS},
	{"discovery", "An issuer of that name answers there", checkDiscovery},
	{"clock", "The clocks agree", checkClock},
	{"management-credentials", "The tenant takes the management application's credentials", checkManagementCredentials},
	{"sign-in-credentials", "The tenant takes the sign-in application's credentials", checkSignInCredentials},
	{"secret-versions", "No rotation of the secret is stuck", checkSecretVersions},
	{"management-audience", "The Management API has the expected audience", checkManagementAudience},
	{"scopes", "The management application has the scopes that it needs", checkScopes},
	{"spare-scopes", "It has no dangerous ones beside them", checkSpareScopes},
	{"grant-types", "The applications may use the grants that they need", checkGrantTypes},
	{"application-type", "The sign-in application is a confidential web application", checkApplicationType},
	{"callbacks", "The tenant allows all redirect URIs", checkCallbacks},
	{"logout-urls", "The tenant allows all post-logout redirect URIs", checkLogoutURLs},
	{"spare-urls", "It allows no dangerous ones beside them", checkSpareURLs},
	{"connection", "The connection for new users is a database", checkConnection},
	{"connection-enabled", "It is enabled for the sign-in application", checkConnectionEnabled},
	{"audience", "Access tokens can be had for the audience", checkAudience},
	{"mfa-action", "The Action that asks for a second factor runs", checkMFAAction},
	{"mfa-factors", "Second factors are switched on", checkMFAFactors},
	{"rate-limit", "The tenant's rate limit leaves room", checkRateLimit},
	{"vpc-endpoint", "The VPC endpoint is one for the gateway", checkVPCEndpoint},
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
