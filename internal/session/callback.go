package session

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/valid"
)

// Callback serves GET /callback. It checks the state first, so that a sign-in begun in
// another browser has no effect.
func Callback(provider Provider, sealer Sealer, opts Options) api.Operation {
	return api.Operation{
		Name:        "callback",
		Routes:      []string{"GET /callback"},
		Permissions: []permission.Name{permission.SignIn},
		Change:      "session.begin",
		Urgent:      true,
		TakesQuery:  true,
		NoToken:     true,
		ChecksToken: true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			resp, err := parseResponse(r)
			if err != nil {
				return err
			}
			p, err := resume(r, sealer, opts, resp.state)
			if p.transaction.begunBy(c.Caller) { // other front-ends must not see it
				httpapi.ReturnTo(r.Context(), p.transaction.returnTo)
			}
			if err != nil {
				return err
			}
			if err := p.checkFrontEnd(c); err != nil {
				return err
			}
			signIn, err := p.finish(r.Context(), c, provider, resp)
			if !opts.Unbound && isFinal(err) {
				http.SetCookie(w, p.expiredCookie())
			}
			if err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, signIn)
		},
	}
}

// response is an authorization response (RFC 6749, sections 4.1.2 and 4.1.2.1). Unknown
// parameters are ignored, as the RFC requires.
type response struct {
	code, state, issuer, errorCode string
}

func parseResponse(r *http.Request) (response, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return response{}, problem.Invalid("query", "is not a well-formed query string")
	}
	for _, name := range []string{"code", "state", "iss", "error"} {
		if len(values[name]) > 1 {
			return response{}, problem.Invalid(name, "is given more than once")
		}
		if fault := valid.NoNull(values.Get(name)); fault != "" {
			return response{}, problem.Invalid(name, fault)
		}
	}
	return response{
		code: values.Get("code"), state: values.Get("state"), issuer: values.Get("iss"), errorCode: values.Get("error"),
	}, nil
}

// pending is a sign-in between /login and /callback.
type pending struct {
	ticket      ticket
	transaction transaction
	redirectURI string
}

// resume returns the sign-in of the state, if this browser began it. It returns an expired
// sign-in together with the error.
func resume(r *http.Request, sealer Sealer, opts Options, state string) (pending, error) {
	t, rest, expired := openTicket(r.Context(), sealer, state, opts.Now())
	if expired != nil && !problem.Is(expired, problem.StateExpired) {
		return pending{}, expired
	}
	p, err := findPending(r, sealer, opts, t, rest)
	return p, cmp.Or(expired, err)
}

// findPending reads the transaction from the browser's cookie, or from the rest of the
// state if sign-ins are not bound to a browser.
func findPending(r *http.Request, sealer Sealer, opts Options, t ticket, rest []byte) (pending, error) {
	if !opts.Unbound {
		return openCookie(r.Context(), sealer, r, t, opts.RedirectURIs)
	}
	x, err := decodeTransaction(rest)
	uri, allowed := x.redirectURI(opts.RedirectURIs)
	if err != nil || !allowed {
		const detail = "The service's configuration has changed since this sign-in began. Begin again."
		return pending{}, problem.StateInvalid.New(detail)
	}
	return pending{ticket: t, transaction: x, redirectURI: uri}, nil
}

// checkFrontEnd fails if another front-end began the sign-in, or if the limits now exclude
// its redirect URI or connection. The caller keeps the cookie then, since the other
// front-end may still use it.
func (p pending) checkFrontEnd(c api.Call) error {
	if !p.transaction.begunBy(c.Caller) {
		return problem.StateNotFromFrontEnd.New("Another front-end began this sign-in and must finish it.")
	}
	connection := p.transaction.required.connection
	if err := c.FrontEnd.CheckRedirectURI(p.redirectURI); err != nil || connection == "" {
		return err
	}
	return c.FrontEnd.CheckConnection(connection)
}

func (p pending) finish(ctx context.Context, c api.Call, provider Provider, resp response) (SignIn, error) {
	if err := checkIssuer(ctx, provider, resp.issuer); err != nil {
		return SignIn{}, err
	}
	if resp.errorCode != "" {
		return SignIn{}, providerError(resp.errorCode)
	}
	if resp.code == "" {
		return SignIn{}, problem.CodeMissing.New("The code parameter is missing.")
	}
	x := p.transaction
	redemption := Redemption{Code: resp.code, Nonce: x.nonce(), Verifier: x.verifier(), RedirectURI: p.redirectURI}
	signIn, err := provider.Redeem(ctx, redemption)
	if err != nil {
		return SignIn{}, err
	}
	httpapi.Concerns(ctx, signIn.Account.ID) // also recorded if a later check fails
	user, err := c.FrontEnd.CheckTokensOf(ctx, signIn.Account.ID)
	if err != nil {
		return SignIn{}, err
	}
	if err := x.required.check(ctx, provider, p.ticket.begun(), user, signIn); err != nil {
		return SignIn{}, err
	}
	signIn.ReturnTo = x.returnTo
	return signIn, nil
}

// expiredCookie returns a cookie that deletes the sign-in's cookie.
func (p pending) expiredCookie() *http.Cookie {
	cookie := cookieFor(p.ticket, p.redirectURI)
	cookie.MaxAge = -1
	return cookie
}

// checkIssuer fails if the response names another issuer (RFC 9207). It accepts a response
// without an issuer, since some tenants send none.
func checkIssuer(ctx context.Context, provider Provider, issuer string) error {
	if issuer == "" {
		return nil
	}
	expected, err := provider.Issuer(ctx)
	if err != nil {
		return err
	}
	if issuer != expected {
		return problem.SignInRefused.New("The response is not from the expected identity provider.")
	}
	return nil
}

// providerError maps the error codes of RFC 6749, section 4.1.2.1, and OpenID Connect Core,
// section 3.1.2.6. It drops error_description, whose content is unknown.
func providerError(code string) error {
	const withoutPrompt = " Begin again without prompt=none."
	switch code {
	case "access_denied", "unauthorized":
		return problem.AccessDenied.New("The user or the identity provider denied the sign-in.")
	case "login_required":
		return problem.LoginRequired.New("The user is not signed in at the identity provider." + withoutPrompt)
	case "interaction_required":
		return problem.InteractionRequired.New("The identity provider has to ask the user something." + withoutPrompt)
	case "consent_required":
		return problem.ConsentRequired.New("The identity provider needs the user's consent." + withoutPrompt)
	case "server_error":
		return problem.SignInFailed.New("The identity provider failed. Begin again.")
	case "temporarily_unavailable":
		return problem.ProviderUnavailable.New("The identity provider is not available. Begin again later.")
	}
	return problem.SignInRefused.New("The identity provider refused the sign-in.")
}

// isFinal is false if the browser can retry the same URL, because the provider may not have
// seen the code yet.
func isFinal(err error) bool {
	if err == nil {
		return true
	}
	status := problem.From(err).Kind.Status
	return status < http.StatusInternalServerError && status != http.StatusTooManyRequests
}
