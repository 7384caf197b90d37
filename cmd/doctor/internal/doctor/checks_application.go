package doctor

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"usher/internal/loopback"
)

func checkApplicationType(f facts) Result {
	r := f.registration.value
	const setting = "In the Dashboard (Applications, Settings), "
	spare := slices.DeleteFunc(slices.Clone(r.Grants), func(grant string) bool {
		return grant != "implicit" && !strings.Contains(grant, "password")
	})
	const post = setting + `set "Authentication Method" (Credentials) to "Client Secret (Post)".`
	switch r.AuthMethod {
	case "client_secret_post":
	case "none":
		return wrong("it is a public one: it needs no secret at the token endpoint", post)
	case "client_secret_basic":
		return warn("it shows its secret by "+r.AuthMethod+", and the service by client_secret_post", post)
	default:
		return wrong("it authenticates by "+r.AuthMethod+", and not by its secret", post)
	}
	switch {
	case r.Type != "regular_web":
		return warn(fmt.Sprintf("its type is %q", r.Type), setting+`set "Application Type" to "Regular Web Application".`)
	case len(spare) > 0:
		return warn("it may also use "+strings.Join(spare, ", "), setting+"untick these under Advanced Settings, Grant Types: nothing here uses them.")
	}
	return fine("%s, %s", r.Type, r.AuthMethod)
}

func checkCallbacks(f facts) Result {
	if len(f.Config.RedirectURIs) == 0 { // sign-outs need no URIs
		return unchecked("no redirect URI is configured", "")
	}
	return compare(f.Config.RedirectURIs, f.registration.value.Callbacks, "Allowed Callback URLs")
}

func checkLogoutURLs(f facts) Result {
	return compare(f.Config.LogoutURIs, f.registration.value.LogoutURLs, "Allowed Logout URLs")
}

// compare finds configured URIs that the tenant does not allow.
func compare(configured, allowed []string, field string) Result {
	missing := slices.DeleteFunc(slices.Clone(configured), func(uri string) bool {
		return slices.ContainsFunc(allowed, func(pattern string) bool { return allows(pattern, uri) })
	})
	switch {
	case len(missing) > 0:
		return wrong("the tenant does not allow "+strings.Join(missing, ", "), fmt.Sprintf("Add exactly that to %q "+
			"in the Dashboard (Applications, Settings), or take it out of the configuration.", field))
	case len(configured) == 0:
		return fine("none is configured")
	}
	return fine("the tenant allows all %d", len(configured))
}

// wildcard is where Auth0 lets a "*" stand for something: once, in the first label of
// the host, with two labels at least after it
// (https://auth0.com/docs/get-started/applications/wildcards-for-subdomains).
var wildcard = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[A-Za-z0-9-]*\*[A-Za-z0-9-]*(\.[A-Za-z0-9-]+){2,}(:[0-9]+)?([/?#][^*]*)?$`)

// allows compares as Auth0 does: to the letter, but for a wildcard.
func allows(pattern, uri string) bool {
	if !wildcard.MatchString(pattern) {
		return pattern == uri
	}
	before, after, _ := strings.Cut(pattern, "*")
	rest, ok := strings.CutPrefix(uri, before)
	label, ok2 := strings.CutSuffix(rest, after)
	return ok && ok2 && label != "" && !strings.ContainsAny(label, "./:?#@")
}

func checkSpareURLs(f facts) Result {
	all := slices.Concat(f.registration.value.Callbacks, f.registration.value.LogoutURLs)
	slices.Sort(all)
	spare := without(slices.Compact(all), slices.Concat(f.Config.RedirectURIs, f.Config.LogoutURIs))
	spare = slices.DeleteFunc(spare, func(u string) bool {
		return !strings.Contains(u, "*") && (!onLoopback(u) || f.onThisMachine())
	})
	if len(spare) == 0 {
		return fine("the tenant allows no wildcards, and no addresses of a developer's machine")
	}
	return warn("the tenant also allows "+strings.Join(spare, ", "), "Remove these from the application's URLs "+
		"in the Dashboard: codes may be sent there. For development, use a separate application.")
}

func onLoopback(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && loopback.Is(u.Hostname())
}

func checkConnection(f facts) Result {
	c := f.connection
	switch {
	case c.err != nil:
		return keptAway(c.err, "read:connections")
	case c.value == nil:
		return wrong(fmt.Sprintf("the tenant has no connection %q", f.Config.Connection), "Set CONNECTION to a database in the Dashboard (Authentication, Database), or create it there.")
	case !c.value.Database:
		return wrong(fmt.Sprintf("%q is no database: users cannot be created in it", c.value.Name), "Set CONNECTION to a database in the Dashboard (Authentication, Database).")
	}
	if !c.value.SignUps {
		return fine("%q is a database; sign-ups are closed", c.value.Name)
	}
	return fine("%q is a database; anybody may sign up", c.value.Name)
}

func checkConnectionEnabled(f facts) Result {
	enabled := f.enabled
	switch {
	case statusOf(enabled.err) == http.StatusNotFound:
		return unchecked("the tenant has no such application", "")
	case enabled.err != nil:
		return keptAway(enabled.err, "read:connections and read:clients")
	case f.connection.err == nil && f.connection.value == nil:
		return unchecked("the tenant has no such connection", "")
	case !slices.Contains(enabled.value, f.Config.Connection):
		return wrong(fmt.Sprintf("%q is not enabled: nobody who is created there can sign in", f.Config.Connection), "Switch it on in the Dashboard (Applications, Connections).")
	}
	return fine("%q is enabled, and %s beside it", f.Config.Connection, plural(len(enabled.value)-1, "other connection"))
}

func checkAudience(f facts) Result {
	switch api := f.usersAPI; {
	case f.Config.Audience == "":
		return fine("none is asked for")
	case f.managed == nil:
		return f.unmet(token)
	case api.err != nil:
		return keptAway(api.err, "read:resource_servers")
	case api.value == nil:
		return wrong(fmt.Sprintf("the tenant has no API %q: every sign-in fails", f.Config.Audience), "Create the API in the Dashboard (Applications, APIs), or set AUDIENCE to one that is there.")
	case !api.value.OfflineAccess && slices.Contains(f.Config.Scopes, "offline_access"):
		return wrong(fmt.Sprintf("the API %q allows no offline access: there will be no refresh tokens", f.Config.Audience), `Switch on "Allow Offline Access" of the API in the Dashboard, or take offline_access out of SCOPES.`)
	}
	return fine("%q", f.Config.Audience)
}
