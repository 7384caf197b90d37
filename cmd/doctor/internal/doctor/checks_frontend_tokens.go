package doctor

import "fmt"

// checkFrontendTokens finds out who gets tokens for the front-ends' API. Users should get none,
// although the authorizer refuses their tokens, too.
func checkFrontendTokens(f facts) Result {
	const set = `In the Dashboard (Applications, APIs, the API, Settings, Application Access Policy), set "User Access" to deny and "Client Access" to a client grant, as deploy/auth0/bearer.yaml does.`
	tokens, api := f.Tokens, f.frontEndsAPI
	switch {
	case tokens == nil:
		return unchecked("front-ends sign their calls", "If they send bearer tokens, say so by FRONTEND_AUTH, FRONTEND_ISSUER and FRONTEND_AUDIENCE in the environment.")
	case tokens.Audience != "" && tokens.Audience == f.Config.Audience:
		return wrong(fmt.Sprintf("%q is the AUDIENCE of users' tokens, too: each sign-in asks for a token for this service", tokens.Audience),
			"Make a separate API for front-ends: FRONTEND_AUDIENCE and AUDIENCE have to differ.")
	case f.issuer != "" && tokens.Issuer != f.issuer:
		return unchecked("another issuer issues the tokens", "See there that users get no tokens for this API; docs/bearer.md has a table by issuer.")
	case f.managed == nil:
		return f.unmet(token)
	case api.err != nil:
		return keptAway(api.err, "read:resource_servers")
	case api.value == nil:
		return wrong(fmt.Sprintf("the tenant has no API %q: no front-end gets a token", tokens.Audience),
			"Create the API in the Dashboard (Applications, APIs), or set FRONTEND_AUDIENCE to one that is there.")
	case api.value.Clients == "deny_all":
		return wrong(fmt.Sprintf("no application gets a token for %q", tokens.Audience), set)
	case api.value.Users != "deny_all":
		return warn(fmt.Sprintf("users get tokens for %q, too, which are refused by what is in them alone", tokens.Audience), set)
	}
	return fine("no user gets a token for %q", tokens.Audience)
}
