package session

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"usher/internal/httpapi"
)

// Options are what a deployment decides about sign-ins.
type Options struct {
	RedirectURIs []string // allowed, compared exactly; the first is the default
	LogoutURIs   []string // where a sign-out may return to; likewise, but there may be none
	Unbound      bool     // no cookie: for a client without a jar, on loopback
	Now          func() time.Time
}

const maxReturnTo = 256 // bytes, so that the cookie stays small

var locales = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}( [A-Za-z0-9-]{1,35}){0,9}$`) // BCP 47 tags, spaces between

// Login serves GET /login.
func Login(provider Authorizer, sealer Sealer, opts Options) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		request, returnTo, err := parseLogin(r, opts)
		if err != nil {
			return err
		}
		cookie, err := begin(r.Context(), sealer, opts, &request, returnTo)
		if err != nil {
			return err
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
	}
	return httpapi.Operation{Routes: []string{"GET /login"}, Handler: handler}
}

func parseLogin(r *http.Request, opts Options) (request Authorization, returnTo string, err error) {
	q := httpapi.NewQuery(r)
	request = Authorization{
		RedirectURI: q.String("redirect_uri"),
		Connection:  q.String("connection"),
		ScreenHint:  q.OneOf("screen_hint", "signup"),
		LoginHint:   q.String("login_hint"),
		Prompt:      q.OneOf("prompt", "none", "login", "consent", "select_account"),
		UILocales:   q.String("ui_locales"),
		MFA:         q.OneOf("mfa", "required") != "",
	}
	returnTo = q.String("return_to")
	refuse := func(name, value string, fine bool, detail string) {
		if value != "" && !fine {
			q.Refuse(name, detail)
		}
	}
	refuse("redirect_uri", request.RedirectURI, slices.Contains(opts.RedirectURIs, request.RedirectURI), "is not one of those allowed")
	refuse("connection", request.Connection, httpapi.IsConnection(request.Connection), "is not the name of a connection")
	refuse("login_hint", request.LoginHint, isHint(request.LoginHint), "must have 256 bytes at most, and no control characters")
	refuse("ui_locales", request.UILocales, locales.MatchString(request.UILocales), "must be language tags with spaces between")
	refuse("return_to", returnTo, isLocalPath(returnTo), "must be a path on the front-end's own host, of 256 bytes at most")
	if request.MFA && request.Prompt == "none" {
		q.Refuse("prompt", "cannot be none with mfa=required: the user has to be asked")
	}
	if request.RedirectURI == "" {
		request.RedirectURI = defaultRedirect(opts.RedirectURIs, r.Host)
	}
	return request, returnTo, q.Err()
}

// begin makes the sign-in's secrets, puts them into the request, and returns
// the cookie that binds it to the browser; nil where it is not to be bound.
func begin(ctx context.Context, sealer Sealer, opts Options, request *Authorization, returnTo string) (*http.Cookie, error) {
	asked := demands{mfa: request.MFA, connection: request.Connection}
	t, x := newTicket(opts.Now()), newTransaction(request.RedirectURI, asked, returnTo)
	request.Nonce, request.Verifier = x.nonce(), x.verifier()
	state := t.encode()
	if opts.Unbound {
		state = append(state, x.encode()...)
	}
	var err error
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

// isLocalPath accepts what every browser takes for a path on the same host:
// "//host" and "/\host" name another one.
func isLocalPath(s string) bool {
	if len(s) > maxReturnTo || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return false
	}
	u, err := url.Parse(s)
	unsafe := func(r rune) bool { return r == '\\' || r == ' ' || unicode.IsControl(r) || r > unicode.MaxASCII }
	return err == nil && u.Host == "" && u.Scheme == "" && !strings.ContainsFunc(s, unsafe)
}

func isHint(s string) bool { return len(s) <= 256 && !strings.ContainsFunc(s, unicode.IsControl) }
