package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"usher/internal/auth0"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/secrets"
)

const (
	ofApplication = "Compare the client id and the secret with those in the Dashboard (Applications, Settings)"
	signsNobodyIn = "the operations of " + string(permission.SignIn) + " are not in use"
)

func checkManagementCredentials(f facts) diagnosis {
	return f.checkCredentials("management", f.managementID(), func(v version) error { return v.management })
}

func checkSignInCredentials(f facts) diagnosis {
	if !f.uses(permission.SignIn) {
		return unchecked(signsNobodyIn, "")
	}
	id := ""
	if c, ok := f.current(); ok {
		id = c.credentials.ClientID
	}
	d := f.checkCredentials("sign-in", id, func(v version) error { return v.codes })
	if d.outcome == Wrong && statusOf(f.tenant.registration.err) == http.StatusNotFound {
		return wrong(fmt.Sprintf("the tenant has no application %q", secrets.ShownID(id)), swapped(id)+"Compare client_id with the one in the Dashboard (Applications, Settings).")
	}
	return d
}

func (f facts) managementID() string {
	c, _ := f.current()
	return c.credentials.ManagementClientID
}

// checkCredentials compares what the tenant makes of an application's credentials,
// version by version.
func (f facts) checkCredentials(which, id string, of func(version) error) diagnosis {
	current, ok := f.current()
	if !ok {
		return unchecked(errNoIDs.Error(), "")
	}
	if !current.asked {
		return unchecked(errUnasked.Error(), "")
	}
	switch verdictOf(of(current)) {
	case taken:
		return fine("the tenant takes those of %q", secrets.ShownID(id))
	case unknown:
		return noTokens(of(current))
	}
	advice := swapped(id) + ofApplication
	id = secrets.ShownID(id)
	for _, v := range f.versions[1:] {
		switch {
		case !v.asked || verdictOf(of(v)) != taken:
		case v.stage == pending: // as in the middle of every rotation, and the service takes it
			return warn(fmt.Sprintf("the tenant refuses those of %q in %s, and takes those in %s: a rotation is under way, or stopped before its last step", id, current.stage, v.stage), resumeRotation)
		default:
			return wrong(fmt.Sprintf("the tenant refuses those of %q in %s, and takes those in %s", id, current.stage, v.stage),
				"The tenant and the secret have parted: finish the rotation (docs/keys.md), or store in AWSCURRENT what the tenant has.")
		}
	}
	return wrong(fmt.Sprintf("the tenant refuses those of the %s application %q in %s", which, id, current.name()), advice+"; the tenant does not say which of them is wrong.")
}

// swapped is what to look at first where an id has the length of a secret.
func swapped(id string) string {
	if secrets.ShownID(id) == id {
		return ""
	}
	return "The id looks like a secret: are the two swapped? "
}

// noTokens is the diagnosis where the token endpoint fails: nothing works then.
func noTokens(err error) diagnosis {
	switch {
	case statusOf(err) == http.StatusTooManyRequests:
		return wrong("the token endpoint refuses requests: the tenant's rate limit is reached", ofRateLimit)
	case statusOf(err) == http.StatusUnauthorized, statusOf(err) == http.StatusForbidden: // in words that are not the tenant's
		return wrong("something in front of the token endpoint refuses: "+rootCause(err), letThrough)
	}
	return wrong("the token endpoint gave no usable answer: "+rootCause(err), whereTenantFails)
}

func checkManagementAudience(f facts) diagnosis {
	current, ok := f.current()
	if !ok || !current.asked {
		return unchecked(errUnasked.Error(), "")
	}
	audience := cmp.Or(f.Config.ManagementAudience, current.credentials.BaseURL()+"/api/v2/")
	switch {
	case auth0.RefusalOf(current.management) == auth0.UnknownAPI && f.Config.ManagementAudience == "":
		return wrong(fmt.Sprintf("the tenant has no API %q: the domain is a custom one", audience),
			"Set MANAGEMENT_AUDIENCE to the tenant's own, https://TENANT.REGION.auth0.com/api/v2/.")
	case auth0.RefusalOf(current.management) == auth0.UnknownAPI:
		return wrong(fmt.Sprintf("the tenant has no API %q", audience),
			"Set MANAGEMENT_AUDIENCE to the identifier of the API \"Auth0 Management API\" in the Dashboard (Applications, APIs).")
	case f.managed == nil:
		return unchecked(errNoToken.Error(), "")
	}
	return fine("it is %q", audience)
}

// needs are the scopes that the operations in use need, with the groups that need
// each.
func (f facts) needs() map[string][]string {
	all := map[string][]string{}
	for _, g := range f.Groups {
		for _, scope := range g.Needs {
			all[scope] = append(all[scope], string(g.Name))
		}
	}
	if f.Rotation {
		all[rotationScope] = append(all[rotationScope], "the rotation of the secrets")
	}
	if policy, err := limits.Parse(f.Limits, f.Config.Deployment()); err == nil && len(policy.Connections()) > 0 {
		all[limitsScope] = append(all[limitsScope], "limits of front-ends")
	}
	return all
}

const (
	rotationScope = "update:client_keys"
	limitsScope   = "read:users" // whose user somebody is, is read before anything is done
)

func checkScopes(f facts) diagnosis {
	if f.managed == nil {
		if current, ok := f.current(); ok && auth0.RefusalOf(current.management) == auth0.RefusedAPI {
			return wrong(fmt.Sprintf("the application %q was granted nothing of the Management API", secrets.ShownID(f.managementID())),
				"Authorize it in the Dashboard (Applications, APIs, Auth0 Management API, Application Access) for: "+strings.Join(slices.Sorted(maps.Keys(f.needs())), " "))
		}
		return unchecked(errNoToken.Error(), "")
	}
	needs := f.needs()
	var missing, words []string
	for _, scope := range slices.Sorted(maps.Keys(needs)) {
		if !slices.Contains(f.managed.scopes, scope) {
			missing = append(missing, scope)
			words = append(words, fmt.Sprintf("%s (for %s)", scope, strings.Join(needs[scope], ", ")))
		}
	}
	if len(missing) > 0 {
		return wrong("it lacks "+strings.Join(words, "; "),
			"Grant them in the Dashboard (Applications, APIs, Auth0 Management API, Application Access): "+strings.Join(missing, " ")+"; or name the groups in use by -groups.")
	}
	return fine("it has all %d", len(needs))
}

// secretReads are scopes that show what nobody should see.
var secretReads = []string{"read:client_keys", "read:client_credentials", "read:user_idp_tokens", "read:custom_signing_keys", "read:encryption_keys"}

func checkSpareScopes(f facts) diagnosis {
	switch {
	case f.onThisMachine():
		return unchecked(thisMachine, "")
	case f.managed == nil:
		return unchecked(errNoToken.Error(), "")
	}
	needs := f.needs()
	var spare []string
	for _, scope := range f.managed.scopes {
		_, needed := needs[scope]
		if dangerous := !strings.HasPrefix(scope, "read:") || slices.Contains(secretReads, scope); dangerous && !needed {
			spare = append(spare, scope)
		}
	}
	if len(spare) == 0 {
		return fine("it can change no more than the operations in use do")
	}
	slices.Sort(spare)
	advice := "Take them away in the Dashboard (Applications, APIs, Auth0 Management API, Application Access): every function's token can do what this application can."
	if slices.Contains(spare, rotationScope) {
		advice += " If the secrets are rotated by this stack, say so by -rotation."
	}
	return warn("it has more: "+strings.Join(spare, " "), advice)
}

func checkGrantTypes(f facts) diagnosis {
	current, ok := f.current()
	if !ok || !current.asked {
		return unchecked(errUnasked.Error(), "")
	}
	var missing []string
	lacks := func(err error, grant, id string) {
		if auth0.RefusalOf(err) == auth0.RefusedGrant {
			missing = append(missing, fmt.Sprintf("%q may not use %s", secrets.ShownID(id), grant))
		}
	}
	probes := []error{current.management}
	lacks(current.management, "client_credentials", current.credentials.ManagementClientID)
	if f.uses(permission.SignIn) {
		lacks(current.codes, "authorization_code", current.credentials.ClientID)
		lacks(current.refreshing, "refresh_token", current.credentials.ClientID)
		probes = append(probes, current.codes, current.refreshing)
	}
	switch {
	case len(missing) > 0:
		return wrong(strings.Join(missing, "; "), "Tick the grants in the Dashboard (Applications, Settings, Advanced Settings, Grant Types).")
	case slices.ContainsFunc(probes, func(err error) bool { return verdictOf(err) == unknown }):
		return unchecked("the token endpoint gave no usable answer", "")
	case slices.ContainsFunc(probes, func(err error) bool { return verdictOf(err) == refused }):
		return unchecked("the tenant refuses the credentials before it looks at the grants", "")
	case !f.uses(permission.SignIn):
		return fine("client_credentials")
	}
	return fine("authorization_code, refresh_token and client_credentials")
}
