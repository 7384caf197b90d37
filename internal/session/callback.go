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

// Callback serves GET /callback. The state is checked before anything else: a
// request that this browser did not begin has no effect.
func Callback(provider Provider, sealer Sealer, opts Options) api.Operation {
	return api.Operation{
		Name:        "callback",
		Routes:      []string{"GET /callback"},
		Permissions: []permission.Name{permission.SignIn},
		Change:      "session.begin",
		TakesQuery:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			answer, err := parseAnswer(r)
			if err != nil {
				return err
			}
			p, err := resume(r, sealer, opts, answer.state)
			if p.transaction.begunBy(c.Caller) { // no other front-end may learn it
				httpapi.ReturnTo(r.Context(), p.transaction.returnTo)
			}
			if err != nil {
				return err
			}
			if err := p.checkFrontEnd(c); err != nil {
				return err
			}
			signIn, err := p.finish(r.Context(), c, provider, answer)
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

// answer is an authorization response (RFC 6749, sections 4.1.2 and 4.1.2.1).
// Parameters that it does not know are the provider's to add.
type answer struct {
	code, state, issuer, errorCode string
}

func parseAnswer(r *http.Request) (answer, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return answer{}, problem.Invalid("query", "is not a well-formed query string")
	}
	for _, name := range []string{"code", "state", "iss", "error"} {
		if len(values[name]) > 1 {
			return answer{}, problem.Invalid(name, "is given more than once")
		}
		if fault := valid.NoNull(values.Get(name)); fault != "" {
			return answer{}, problem.Invalid(name, fault)
		}
	}
	return answer{code: values.Get("code"), state: values.Get("state"), issuer: values.Get("iss"), errorCode: values.Get("error")}, nil
}

// pending is a sign-in that a browser has begun and now comes back to finish.
type pending struct {
	ticket      ticket
	transaction transaction
	redirectURI string
}

// resume finds the sign-in that the state belongs to, and that this browser began.
// An expired sign-in is returned beside the error.
func resume(r *http.Request, sealer Sealer, opts Options, state string) (pending, error) {
	t, rest, expired := openTicket(r.Context(), sealer, state, opts.Now())
	if expired != nil && !problem.Is(expired, problem.StateExpired) {
		return pending{}, expired
	}
	p, err := find(r, sealer, opts, t, rest)
	return p, cmp.Or(expired, err)
}

// find reads what is needed to finish the sign-in: from the browser's cookie, or from
// the rest of the state.
func find(r *http.Request, sealer Sealer, opts Options, t ticket, rest []byte) (pending, error) {
	if !opts.Unbound {
		return openCookie(r.Context(), sealer, r, t, opts.RedirectURIs)
	}
	x, err := decodeTransaction(rest)
	uri, allowed := x.redirectURI(opts.RedirectURIs)
	if err != nil || !allowed {
		return pending{}, problem.StateInvalid.New("The state was made under another configuration. Begin again.")
	}
	return pending{ticket: t, transaction: x, redirectURI: uri}, nil
}

// checkFrontEnd refuses a sign-in that another front-end began, and one that the
// front-end's limits have come to exclude. The browser's cookie stays, since the
// other front-end may still use it.
func (p pending) checkFrontEnd(c api.Call) error {
	if !p.transaction.begunBy(c.Caller) {
		return problem.StateNotFromFrontEnd.New("Another front-end began this sign-in, and has to finish it.")
	}
	if err := c.FrontEnd.CheckRedirectURI(p.redirectURI); err != nil || p.transaction.asked.connection == "" {
		return err
	}
	return c.FrontEnd.CheckConnection(p.transaction.asked.connection)
}

func (p pending) finish(ctx context.Context, c api.Call, provider Provider, a answer) (SignIn, error) {
	if err := checkIssuer(ctx, provider, a.issuer); err != nil {
		return SignIn{}, err
	}
	if a.errorCode != "" {
		return SignIn{}, providersError(a.errorCode)
	}
	if a.code == "" {
		return SignIn{}, problem.CodeMissing.New("The code parameter is missing.")
	}
	x := p.transaction
	signIn, err := provider.Redeem(ctx, Redemption{Code: a.code, Nonce: x.nonce(), Verifier: x.verifier(), RedirectURI: p.redirectURI})
	if err != nil {
		return SignIn{}, err
	}
	httpapi.Concerns(ctx, signIn.Account.ID) // for a refused sign-in, too
	user, err := c.FrontEnd.CheckTokensOf(ctx, signIn.Account.ID)
	if err != nil {
		return SignIn{}, err
	}
	if err := x.asked.check(ctx, provider, p.ticket.begun(), user, signIn); err != nil {
		return SignIn{}, err
	}
	signIn.ReturnTo = x.returnTo
	return signIn, nil
}

// expiredCookie removes the sign-in's cookie from the browser.
func (p pending) expiredCookie() *http.Cookie {
	cookie := cookieFor(p.ticket, p.redirectURI)
	cookie.MaxAge = -1
	return cookie
}

// checkIssuer refuses an answer that names another provider (RFC 9207). Not
// all tenants name one.
func checkIssuer(ctx context.Context, provider Provider, issuer string) error {
	if issuer == "" {
		return nil
	}
	expected, err := provider.Issuer(ctx)
	if err != nil {
		return err
	}
	if issuer != expected {
		return problem.SignInRefused.New("The answer is not from the identity provider that was asked.")
	}
	return nil
}

// providersError maps the codes of RFC 6749, section 4.1.2.1, and of OpenID
// Connect Core, section 3.1.2.6. The provider's own text goes nowhere.
func providersError(code string) error {
	switch code {
	case "access_denied", "unauthorized":
		return problem.AccessDenied.New("The user or the identity provider denied the sign-in.")
	case "login_required":
		return problem.LoginRequired.New("The user is not signed in at the identity provider. Begin again without prompt=none.")
	case "interaction_required":
		return problem.InteractionRequired.New("The identity provider has to ask the user something. Begin again without prompt=none.")
	case "consent_required":
		return problem.ConsentRequired.New("The identity provider needs the user's consent. Begin again without prompt=none.")
	case "server_error":
		return problem.SignInFailed.New("The identity provider failed. Begin again.")
	case "temporarily_unavailable":
		return problem.ProviderUnavailable.New("The identity provider is not available. Begin again later.")
	}
	return problem.SignInRefused.New("The identity provider refused the sign-in.")
}

// isFinal is false where the browser may try the same URL again: the provider
// may not have seen the code yet.
func isFinal(err error) bool {
	if err == nil {
		return true
	}
	status := problem.From(err).Kind.Status
	return status < http.StatusInternalServerError && status != http.StatusTooManyRequests
}
