package session

import (
	"net/http"
	"net/url"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Callback serves GET /callback. The state is checked before anything else: a
// request that this browser did not begin has no effect.
func Callback(provider Provider, sealer Sealer, opts Options) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		answer, err := parseAnswer(r)
		if err != nil {
			return err
		}
		t, x, err := resume(r, sealer, opts, answer.state)
		if x.begunBy(httpapi.CallerOf(r.Context())) { // it is nobody else's to know
			httpapi.ReturnTo(r.Context(), x.returnTo)
		}
		if err != nil {
			return err
		}
		if err := permitted(r, opts, x); err != nil {
			return err
		}
		signIn, err := finish(r, provider, opts, t, x, answer)
		if !opts.Unbound && isFinal(err) {
			clearCookie(w, t, x, opts)
		}
		if err != nil {
			return err
		}
		return httpapi.JSON(w, http.StatusOK, signIn)
	}
	return httpapi.Operation{Routes: []string{"GET /callback"}, Handler: handler, Change: "session.begin"}
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
		if httpapi.HasNull(values.Get(name)) {
			return answer{}, problem.Invalid(name, "holds U+0000, which no text may")
		}
	}
	return answer{code: values.Get("code"), state: values.Get("state"), issuer: values.Get("iss"), errorCode: values.Get("error")}, nil
}

// resume finds the sign-in that the state belongs to, and that this browser
// began. One that has expired comes with the error.
func resume(r *http.Request, sealer Sealer, opts Options, state string) (ticket, transaction, error) {
	t, rest, err := openTicket(r.Context(), sealer, state, opts.Now())
	if err != nil && !problem.Is(err, problem.StateExpired) {
		return ticket{}, transaction{}, err
	}
	x, unknown := transactionOf(r, sealer, opts, t, rest)
	if err == nil {
		err = unknown
	}
	return t, x, err
}

// transactionOf finds what finishing the sign-in takes: in the browser's cookie, or in
// the rest of the state. It is zero with an error.
func transactionOf(r *http.Request, sealer Sealer, opts Options, t ticket, rest []byte) (transaction, error) {
	if !opts.Unbound {
		return openCookie(r.Context(), sealer, r, t, opts.RedirectURIs)
	}
	x, err := decodeTransaction(rest)
	if _, allowed := x.redirectURI(opts.RedirectURIs); err != nil || !allowed {
		return transaction{}, problem.StateInvalid.New("The state was made under another configuration. Begin again.")
	}
	return x, nil
}

// permitted refuses the sign-ins that the calling front-end has not begun, and
// those that its limits have come to exclude since. The browser's cookie stays: it
// is another front-end's to use.
func permitted(r *http.Request, opts Options, x transaction) error {
	if !x.begunBy(httpapi.CallerOf(r.Context())) {
		return problem.StateNotFromFrontEnd.New("Another front-end began this sign-in, and has to finish it.")
	}
	f := limits.Of(r.Context())
	redirectURI, _ := x.redirectURI(opts.RedirectURIs) // resume has found it
	if err := f.RedirectURI(redirectURI); err != nil || x.asked.connection == "" {
		return err
	}
	return f.Connection(x.asked.connection)
}

func finish(r *http.Request, provider Provider, opts Options, t ticket, x transaction, a answer) (SignIn, error) {
	if err := checkIssuer(r, provider, a.issuer); err != nil {
		return SignIn{}, err
	}
	if a.errorCode != "" {
		return SignIn{}, providersError(a.errorCode)
	}
	if a.code == "" {
		return SignIn{}, problem.CodeMissing.New("The code parameter is missing.")
	}
	redirectURI, _ := x.redirectURI(opts.RedirectURIs) // resume has found it
	signIn, err := provider.Redeem(r.Context(), Redemption{Code: a.code, Nonce: x.nonce(), Verifier: x.verifier(), RedirectURI: redirectURI})
	if err != nil {
		return SignIn{}, err
	}
	httpapi.Concerns(r.Context(), signIn.Account.ID) // whatever becomes of it
	if err := limits.Of(r.Context()).TokensOf(r.Context(), signIn.Account.ID); err != nil {
		return SignIn{}, err
	}
	if err := x.asked.check(r.Context(), provider, t.begun(), signIn); err != nil {
		return SignIn{}, err
	}
	signIn.ReturnTo = x.returnTo
	return signIn, nil
}

// checkIssuer refuses an answer that names another provider (RFC 9207). Not
// all tenants name one.
func checkIssuer(r *http.Request, provider Provider, issuer string) error {
	if issuer == "" {
		return nil
	}
	expected, err := provider.Issuer(r.Context())
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

func clearCookie(w http.ResponseWriter, t ticket, x transaction, opts Options) {
	redirectURI, _ := x.redirectURI(opts.RedirectURIs)
	cookie := cookieFor(t, redirectURI)
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
}
