package doctor

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"usher/internal/auth0"
	"usher/internal/loopback"
	"usher/internal/permission"
)

// registered is what is registered of the sign-in application, or why that is not
// known.
func (f facts) registered() (auth0.Registration, *diagnosis) {
	var why diagnosis
	r := f.tenant.registration
	switch {
	case !f.uses(permission.SignIn):
		why = unchecked(signsNobodyIn, "")
	case statusOf(r.err) == http.StatusNotFound:
		why = unchecked("the tenant has no such application", "")
	case r.err != nil:
		why = keptAway(r.err, "read:clients")
	case r.value.Partial:
		why = unchecked("the management application lacks read:clients", "To have this checked, grant the management application read:clients.")
	default:
		return r.value, nil
	}
	return auth0.Registration{}, &why
}

func checkApplicationType(f facts) diagnosis {
	r, why := f.registered()
	if why != nil {
		return *why
	}
	const setting = "In the Dashboard (Applications, Settings), "
	var spare []string
	for _, g := range r.Grants {
		if g == "implicit" || strings.Contains(g, "password") {
			spare = append(spare, g)
		}
	}
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

func checkCallbacks(f facts) diagnosis {
	r, why := f.registered()
	if why != nil {
		return *why
	}
	if len(f.Config.RedirectURIs) == 0 { // of sign-outs there may be none
		return unchecked("no redirect URI is configured", "")
	}
	return compare(f.Config.RedirectURIs, r.Callbacks, "Allowed Callback URLs")
}

func checkLogoutURLs(f facts) diagnosis {
	r, why := f.registered()
	if why != nil {
		return *why
	}
	return compare(f.Config.LogoutURIs, r.LogoutURLs, "Allowed Logout URLs")
}

// compare finds what is configured here and not allowed there.
func compare(configured, allowed []string, field string) diagnosis {
	var missing []string
	for _, uri := range configured {
		if !slices.ContainsFunc(allowed, func(pattern string) bool { return allows(pattern, uri) }) {
			missing = append(missing, uri)
		}
	}
	if len(missing) > 0 {
		return wrong("the tenant does not allow "+strings.Join(missing, ", "),
			fmt.Sprintf("Add exactly that to %q in the Dashboard (Applications, Settings), or take it out of the configuration.", field))
	}
	if len(configured) == 0 {
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

func checkSpareURLs(f facts) diagnosis {
	r, why := f.registered()
	if why != nil {
		return *why
	}
	ours := slices.Concat(f.Config.RedirectURIs, f.Config.LogoutURIs)
	var spare []string
	for _, u := range slices.Concat(r.Callbacks, r.LogoutURLs) {
		if (strings.Contains(u, "*") || onLoopback(u) && !f.onThisMachine()) && !slices.Contains(ours, u) && !slices.Contains(spare, u) {
			spare = append(spare, u)
		}
	}
	if len(spare) > 0 {
		return warn("the tenant also allows "+strings.Join(spare, ", "),
			"Take these out of the application's URLs in the Dashboard: codes may be sent to whatever listens there. Development has an application of its own.")
	}
	return fine("the tenant allows no wildcards, and no addresses of a developer's machine")
}

func onLoopback(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && loopback.Is(u.Hostname())
}

func checkConnection(f facts) diagnosis {
	c := f.tenant.connection
	switch {
	case c.err != nil:
		return keptAway(c.err, "read:connections")
	case c.value == nil:
		return wrong(fmt.Sprintf("the tenant has no connection %q", f.Config.Connection), "Set CONNECTION to a database in the Dashboard (Authentication, Database), or create it there.")
	case !c.value.Database:
		return wrong(fmt.Sprintf("%q is no database: users cannot be created in it", c.value.Name), "Set CONNECTION to a database in the Dashboard (Authentication, Database).")
	}
	signUps := "anybody may sign up"
	if !c.value.SignUps {
		signUps = "sign-ups are closed"
	}
	return fine("%q is a database; %s", c.value.Name, signUps)
}

func checkConnectionEnabled(f facts) diagnosis {
	enabled := f.tenant.enabled
	switch {
	case !f.uses(permission.SignIn):
		return unchecked(signsNobodyIn, "")
	case statusOf(enabled.err) == http.StatusNotFound:
		return unchecked("the tenant has no such application", "")
	case enabled.err != nil:
		return keptAway(enabled.err, "read:connections and read:clients")
	case f.tenant.connection.err == nil && f.tenant.connection.value == nil:
		return unchecked("the tenant has no such connection", "")
	case !slices.Contains(enabled.value, f.Config.Connection):
		return wrong(fmt.Sprintf("%q is not enabled: nobody who is created there can sign in", f.Config.Connection), "Switch it on in the Dashboard (Applications, Connections).")
	}
	return fine("%q is enabled, and %s beside it", f.Config.Connection, plural(len(enabled.value)-1, "other connection"))
}

func checkAudience(f facts) diagnosis {
	switch api := f.tenant.offline; {
	case !f.uses(permission.SignIn):
		return unchecked(signsNobodyIn, "")
	case f.Config.Audience == "":
		return fine("none is asked for")
	case api.err != nil:
		return keptAway(api.err, "read:resource_servers")
	case api.value == nil:
		return wrong(fmt.Sprintf("the tenant has no API %q: every sign-in fails", f.Config.Audience), "Create the API in the Dashboard (Applications, APIs), or set AUDIENCE to one that is there.")
	case !*api.value && slices.Contains(f.Config.Scopes, "offline_access"):
		return wrong(fmt.Sprintf("the API %q allows no offline access: there will be no refresh tokens", f.Config.Audience), `Switch on "Allow Offline Access" of the API in the Dashboard, or take offline_access out of SCOPES.`)
	}
	return fine("%q", f.Config.Audience)
}
