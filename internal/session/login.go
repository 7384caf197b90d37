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

// Options configures sign-ins and sign-outs.
type Options struct {
	RedirectURIs []string // allowed, compared exactly; the first is the default
	LogoutURIs   []string // allowed post-logout redirect URIs; may be empty
	Unbound      bool     // set no cookie, for a client without a cookie jar on loopback
	Now          func() time.Time
}

// locales matches a list of BCP 47 language tags.
var locales = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}( [A-Za-z0-9-]{1,35}){0,9}$`)

// Login serves GET /login.
func Login(provider AuthorizationEndpoint, sealer Sealer, opts Options) api.Operation {
	return api.Operation{
		Name:        "login",
		Routes:      []string{"GET /login"},
		Permissions: []permission.Name{permission.SignIn},
		Urgent:      true,
		TakesQuery:  true,
		NoToken:     true,
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
			if request.Connection == "" { // not a requirement: the limits check it at the callback
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
		RedirectURI: q.Check("redirect_uri", valid.In(opts.RedirectURIs, "is not one of the allowed URLs")),
		Connection:  q.Check("connection", valid.Connection),
		ScreenHint:  q.OneOf("screen_hint", "signup"),
		LoginHint:   q.Check("login_hint", valid.When(isShortLine, shortLine)),
		Prompt:      q.OneOf("prompt", "none", "login", "consent", "select_account"),
		UILocales:   q.Check("ui_locales", valid.When(locales.MatchString, "must be language tags separated by spaces")),
		MFA:         q.OneOf("mfa", "required") != "",
	}
	returnTo = q.Check("return_to", valid.When(isLocalPath,
		"must be a path of at most 256 bytes on the front-end's host, without empty, . and .. segments"))
	if request.MFA && request.Prompt == "none" {
		q.Refuse("prompt", "cannot be none with mfa=required, which needs the user's input")
	}
	return request, returnTo, q.Err()
}

// checkLimits checks the request against the calling front-end's limits. If the request has
// no redirect URI, it sets one that the limits allow.
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

// begin generates the sign-in's secrets and adds them to the request. It returns the cookie
// that binds the sign-in to the browser; nil if opts.Unbound is set.
func begin(
	ctx context.Context, sealer Sealer, opts Options, caller httpapi.Caller, request *Authorization, returnTo string,
) (*http.Cookie, error) {
	required := requirements{mfa: request.MFA, connection: request.Connection}
	t, x := newTicket(opts.Now()), newTransaction(caller, request.RedirectURI, required, returnTo)
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

// defaultRedirect returns the first allowed URI with the request's host, or else the first
// URI. With it one service can serve localhost and 127.0.0.1, or several front-ends.
func defaultRedirect(allowed []string, host string) string {
	for _, uri := range allowed {
		if u, err := url.Parse(uri); err == nil && strings.EqualFold(u.Host, host) {
			return uri
		}
	}
	return allowed[0]
}

const shortLine = "must have at most 256 bytes and no control characters"

func isShortLine(s string) bool { return len(s) <= 256 && !strings.ContainsFunc(s, unicode.IsControl) }
