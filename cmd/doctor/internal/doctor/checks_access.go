package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"usher/internal/auth0"
	"usher/internal/secrets"
)

func checkManagementCredentials(f facts) Result {
	id := f.current().credentials.ManagementClientID
	return f.checkCredentials("management", id, func(v version) error { return v.management })
}

func checkSignInCredentials(f facts) Result {
	id := f.current().credentials.ClientID
	r := f.checkCredentials("sign-in", id, func(v version) error { return v.codes })
	if r.Outcome == Wrong && statusOf(f.registration.err) == http.StatusNotFound {
		return wrong(fmt.Sprintf("the tenant has no application %q", secrets.ShownID(id)),
			swapped(id)+"Compare client_id with the one in the Dashboard (Applications, Settings).")
	}
	return r
}

// checkCredentials compares the tenant's verdicts on the versions of an application's credentials.
func (f facts) checkCredentials(which, id string, of func(version) error) Result {
	current, shown := f.current(), secrets.ShownID(id)
	switch verdictOf(of(current)) {
	case taken:
		return fine("the tenant takes those of %q", shown)
	case unknown:
		return noTokens(of(current))
	}
	for _, v := range f.versions[1:] {
		if !v.asked || verdictOf(of(v)) != taken {
			continue
		}
		found := fmt.Sprintf("the tenant refuses those of %q in %s, and takes those in %s", shown, current.stage, v.stage)
		if v.stage == pending { // as during every rotation; the service uses it, too
			return warn(found+": a rotation is under way, or stopped before its last step", resumeRotation)
		}
		return wrong(found, "The tenant and the secret differ: finish the rotation (docs/keys.md), "+
			"or store the tenant's secret in AWSCURRENT.")
	}
	found := fmt.Sprintf("the tenant refuses those of the %s application %q in %s",
		which, shown, cmp.Or(current.stage, "the file"))
	return wrong(found, swapped(id)+"Compare the client id and the secret with those in the Dashboard "+
		"(Applications, Settings); the tenant does not say which of them is wrong.")
}

// swapped is the first advice for an ID that is as long as a secret.
func swapped(id string) string {
	if secrets.ShownID(id) == id {
		return ""
	}
	return "The id looks like a secret: are the two swapped? "
}

// noTokens is the result if the token endpoint fails. Then nothing works.
func noTokens(err error) Result {
	switch statusOf(err) {
	case http.StatusTooManyRequests:
		return wrong("the token endpoint refuses requests: the tenant's rate limit is reached", ofRateLimit)
	case http.StatusUnauthorized, http.StatusForbidden: // not in the tenant's words
		return wrong("something in front of the token endpoint refuses: "+rootCause(err), letThrough)
	}
	return wrong("the token endpoint gave no usable answer: "+rootCause(err), whereTenantFails)
}

func checkManagementAudience(f facts) Result {
	audience := cmp.Or(f.Config.ManagementAudience, f.current().credentials.BaseURL()+"/api/v2/")
	switch {
	case auth0.RefusalOf(f.current().management) == auth0.UnknownAPI && f.Config.ManagementAudience == "":
		return wrong(fmt.Sprintf("the tenant has no API %q: the domain is a custom one", audience),
			"Set MANAGEMENT_AUDIENCE to the tenant's own, https://TENANT.REGION.auth0.com/api/v2/.")
	case auth0.RefusalOf(f.current().management) == auth0.UnknownAPI:
		return wrong(fmt.Sprintf("the tenant has no API %q", audience), "Set MANAGEMENT_AUDIENCE to the identifier "+
			"of the API \"Auth0 Management API\" in the Dashboard (Applications, APIs).")
	case f.managed == nil:
		return unchecked(noToken, "")
	}
	return fine("it is %q", audience)
}

const (
	whereScopes   = "in the Dashboard (Applications, APIs, Auth0 Management API, Application Access)"
	rotationScope = "update:client_keys"
	limitsScope   = "read:users" // limits require reading the user first
)

// neededScopes are the scopes that the operations in use need, with the groups that need each.
func (f facts) neededScopes() map[string][]string {
	all := map[string][]string{}
	for _, g := range f.Groups {
		for _, scope := range g.Needs {
			all[scope] = append(all[scope], string(g.Name))
		}
	}
	if f.Rotation {
		all[rotationScope] = append(all[rotationScope], "the rotation of the secrets")
	}
	if len(f.policy.value.Connections()) > 0 {
		all[limitsScope] = append(all[limitsScope], "limits of front-ends")
	}
	return all
}

func checkScopes(f facts) Result {
	needs, granted := f.neededScopes(), []string(nil)
	scopes := slices.Sorted(maps.Keys(needs))
	switch {
	case f.managed != nil:
		granted = f.managed.scopes
	case auth0.RefusalOf(f.current().management) == auth0.RefusedAPI:
		id := secrets.ShownID(f.current().credentials.ManagementClientID)
		return wrong(fmt.Sprintf("the application %q was granted nothing of the Management API", id),
			"Authorize it "+whereScopes+" for: "+strings.Join(scopes, " "))
	default:
		return unchecked(noToken, "")
	}
	missing := without(scopes, granted)
	if len(missing) == 0 {
		return fine("it has all %d", len(needs))
	}
	var words []string
	for _, scope := range missing {
		words = append(words, fmt.Sprintf("%s (for %s)", scope, strings.Join(needs[scope], ", ")))
	}
	return wrong("it lacks "+strings.Join(words, "; "), "Grant them "+whereScopes+": "+
		strings.Join(missing, " ")+"; or name the groups in use by -groups.")
}

// without returns the items of all that are not in others.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) })
}

// secretReads are scopes that read secrets.
var secretReads = []string{
	"read:client_keys", "read:client_credentials", "read:user_idp_tokens",
	"read:custom_signing_keys", "read:encryption_keys",
}

func checkSpareScopes(f facts) Result {
	if f.onThisMachine() {
		return unchecked("this is a tenant on this machine", "")
	}
	spare := without(f.managed.scopes, slices.Collect(maps.Keys(f.neededScopes())))
	spare = slices.DeleteFunc(spare, func(scope string) bool {
		return strings.HasPrefix(scope, "read:") && !slices.Contains(secretReads, scope)
	})
	if len(spare) == 0 {
		return fine("it can change no more than the operations in use do")
	}
	slices.Sort(spare)
	advice := "Take them away " + whereScopes + ": every function's token can do what this application can."
	if slices.Contains(spare, rotationScope) {
		advice += " If the secrets are rotated by this stack, say so by -rotation."
	}
	return warn("it has more: "+strings.Join(spare, " "), advice)
}

func checkGrantTypes(f facts) Result {
	current := f.current()
	application, management := current.credentials.ClientID, current.credentials.ManagementClientID
	var used, missing []string
	verdicts := map[verdict]bool{}
	for _, probe := range []struct {
		grant, id string
		needs     need
		err       error
	}{
		{"authorization_code", application, signIn, current.codes},
		{"refresh_token", application, signIn, current.refreshing},
		{"client_credentials", management, none, current.management},
	} {
		if f.unmet(probe.needs).Outcome != "" {
			continue
		}
		used = append(used, probe.grant)
		verdicts[verdictOf(probe.err)] = true
		if auth0.RefusalOf(probe.err) == auth0.RefusedGrant {
			missing = append(missing, fmt.Sprintf("%q may not use %s", secrets.ShownID(probe.id), probe.grant))
		}
	}
	switch {
	case len(missing) > 0:
		return wrong(strings.Join(missing, "; "),
			"Tick the grants in the Dashboard (Applications, Settings, Advanced Settings, Grant Types).")
	case verdicts[unknown]:
		return unchecked("the token endpoint gave no usable answer", "")
	case verdicts[refused]:
		return unchecked("the tenant refuses the credentials before it looks at the grants", "")
	}
	return fine("%s", strings.Join(used, ", "))
}
