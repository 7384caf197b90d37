package session

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/nonce"
	"usher/internal/permission"
	"usher/internal/valid"
)

// Options are what a deployment decides about sign-ins.
type Options struct {
	RedirectURIs []string // allowed, compared exactly; the first is the default
	LogoutURIs   []string // where a sign-out may return to; likewise, but there may be none
	Unbound      bool     // no cookie: for a client without a jar, on loopback
	Now          func() time.Time
}

var locales = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}( [A-Za-z0-9-]{1,35}){0,9}$`) // BCP 47 tags, spaces between

// Login serves GET /login.
func Login(provider Authorizer, sealer Sealer, opts Options) api.Operation {
	return api.Operation{
		Name:        "login",
		Routes:      []string{"GET /login"},
		Permissions: []permission.Name{permission.SignIn},
		TakesQuery:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			request, returnTo, err := parseLogin(r, opts)
			if err != nil {
				return err
			}
			if err := checkLimits(r, c, opts, &request); err != nil {
				return err
			}
			cookie, err := begin(r.Context(), sealer, opts, c.Caller, &request, returnTo)
			if err != nil {
				return err
			}
			if request.Connection == "" { // what its limits ask for by themselves, they check by themselves, too
				if request.Connection, err = c.FrontEnd.LoginConnection(); err != nil {
					return err
				}
			}
			location, err := provider.AuthorizationURL(r.Context(), request)
			if err != nil {
				return err
			}
			if cookie != nil {
				http.SetCookie(w, cookie)
			}
			w.Header().Set("Location", location)
			return httpapi.JSON(w, http.StatusFound, struct {
				Location string `json:"location"`
			}{location})
		},
	}
}

func parseLogin(r *http.Request, opts Options) (request Authorization, returnTo string, err error) {
	q := httpapi.NewQuery(r)
	request = Authorization{
		RedirectURI: q.Check("redirect_uri", valid.In(opts.RedirectURIs, "is not one of those allowed")),
		Connection:  q.Check("connection", valid.Connection),
		ScreenHint:  q.OneOf("screen_hint", "signup"),
		LoginHint:   q.Check("login_hint", valid.When(isHint, "must have 256 bytes at most, and no control characters")),
		Prompt:      q.OneOf("prompt", "none", "login", "consent", "select_account"),
		UILocales:   q.Check("ui_locales", valid.When(locales.MatchString, "must be language tags with spaces between")),
		MFA:         q.OneOf("mfa", "required") != "",
	}
	returnTo = q.Check("return_to", valid.When(isLocalPath, "must be a path on the front-end's own host, without empty segments, . and .., of 256 bytes at most"))
	if request.MFA && request.Prompt == "none" {
		q.Refuse("prompt", "cannot be none with mfa=required: the user has to be asked")
	}
	return request, returnTo, q.Err()
}

// checkLimits refuses what the calling front-end may not ask for. Where the request
// names no redirect URI, it chooses one of the front-end's.
func checkLimits(r *http.Request, c api.Call, opts Options, request *Authorization) error {
	if request.Connection != "" {
		if err := c.FrontEnd.CheckConnection(request.Connection); err != nil {
			return err
		}
	}
	if request.RedirectURI != "" {
		return c.FrontEnd.CheckRedirectURI(request.RedirectURI)
	}
	own, err := c.FrontEnd.RedirectURIs(opts.RedirectURIs)
	if err != nil {
		return err
	}
	request.RedirectURI = defaultRedirect(own, r.Host)
	return nil
}

// begin makes the sign-in's secrets, puts them into the request, and returns
// the cookie that binds it to the browser; nil where it is not to be bound.
func begin(ctx context.Context, sealer Sealer, opts Options, caller httpapi.Caller, request *Authorization, returnTo string) (*http.Cookie, error) {
	asked := demands{mfa: request.MFA, connection: request.Connection}
	t, x := newTicket(opts.Now()), newTransaction(caller, request.RedirectURI, asked, returnTo)
	request.Verifier = x.verifier()
	state := t.encode()
	if opts.Unbound {
		state = append(state, x.encode()...)
	}
	var err error
	if request.Nonce, err = nonce.Dated(ctx, sealer, x.nonce(), t.begun()); err != nil {
		return nil, err
	}
	if request.State, err = sealer.Seal(ctx, statePurpose, "", state); err != nil || opts.Unbound {
		return nil, err
	}
	cookie := cookieFor(t, request.RedirectURI)
	cookie.Value, err = sealer.Seal(ctx, cookiePurpose, t.name(), x.encode())
	return cookie, err
}

// defaultRedirect prefers the front-end whose host the request names, so that
// one service can serve localhost and 127.0.0.1, or several front-ends.
func defaultRedirect(allowed []string, host string) string {
	for _, uri := range allowed {
		if u, err := url.Parse(uri); err == nil && strings.EqualFold(u.Host, host) {
			return uri
		}
	}
	return allowed[0]
}

func isHint(s string) bool { return len(s) <= 256 && !strings.ContainsFunc(s, unicode.IsControl) }
