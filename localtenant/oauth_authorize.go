package localtenant

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const transactionTTL = time.Hour

// transaction is a sign-in under way: a validated request to /authorize, bound
// to the browser that sent it.
type transaction struct {
	id          string
	browser     string // the browser's cookie
	client      *client
	redirectURI string
	state       string
	grant       grant // as far as it is known
	connection  string
	loginHint   string
	signup      bool
	prompt      string
	expires     time.Time
	sessionID   string // of the user who signed in for this transaction
	acr         []string
	methods     []string // the amr of this sign-in; a session that was there before shows none
	pending     string   // the user who gave a password and has yet to give a second factor
	enrolling   *factor  // shown to that user, not theirs yet
}

// authorize serves GET and POST /authorize.
func (t *Tenant) authorize(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badPage("The request could not be read.")
	}
	in := r.Form
	// Until the redirect URI is known to be the application's, nothing may be sent to it.
	c, ok := t.clients[in.Get("client_id")]
	if !ok {
		return badPage("Unknown client: " + in.Get("client_id"))
	}
	uri := in.Get("redirect_uri")
	if !slices.Contains(c.Callbacks, uri) {
		return newPageError(http.StatusForbidden, "unauthorized_client", "Callback URL mismatch. "+
			strconv.Quote(uri)+" is not in the list of allowed callback URLs")
	}
	tx := &transaction{client: c, redirectURI: uri, state: in.Get("state")}
	if err := t.readRequest(tx, in); err != nil {
		return t.fail(w, r, tx, err.Code, err.Description)
	}
	s := t.currentSession(r)
	signedIn := s != nil && tx.accepts(s, in, t.now())
	needsFactor := signedIn && t.wantsFactorOf(tx, s)
	switch {
	case signedIn && !needsFactor:
		tx.sessionID = s.id
		return t.complete(w, r, tx)
	case tx.prompt == "none" && signedIn:
		return t.fail(w, r, tx, "interaction_required", "Multifactor authentication required")
	case tx.prompt == "none":
		return t.fail(w, r, tx, "login_required", "Login required")
	}
	t.begin(w, r, tx)
	if u, ok := t.sessionUser(s); ok && needsFactor {
		return t.askFactor(w, r, tx, u)
	}
	return goTo(w, r, tx.link(t.firstPage(tx)))
}

func (t *Tenant) sessionUser(s *session) (*user, bool) {
	if s == nil {
		return nil, false
	}
	return t.users.get(s.userID)
}

// firstPage is where a sign-in begins.
func (t *Tenant) firstPage(tx *transaction) string {
	if c, ok := t.connectionNamed(tx.connection); ok && c.social() {
		return "/u/social"
	}
	if tx.signup {
		return "/u/signup"
	}
	return "/u/login"
}

// readRequest reads what goes back to the application as an error when it is wrong.
func (t *Tenant) readRequest(tx *transaction, in url.Values) *oauthError {
	bad := func(code, format string, args ...any) *oauthError { return newOAuthError(0, code, format, args...) }
	switch rt := in.Get("response_type"); {
	case rt == "":
		return bad("invalid_request", "Missing required parameter: response_type")
	case rt != "code":
		return bad("unsupported_response_type", "Unsupported response type: %s", rt)
	}
	challenge, method := in.Get("code_challenge"), in.Get("code_challenge_method")
	switch {
	case challenge != "" && method != "S256":
		return bad("invalid_request", "Only the S256 code_challenge_method is supported")
	case challenge == "" && method != "":
		return bad("invalid_request", "Missing required parameter: code_challenge")
	case challenge != "" && len(challenge) != 43:
		return bad("invalid_request", "Parameter code_challenge must be a valid S256 challenge")
	}
	audience := in.Get("audience")
	known := append([]string{"", t.Audience(), t.opts.BaseURL + "/userinfo"}, t.opts.Audiences...)
	if !slices.Contains(known, audience) {
		return bad("access_denied", "Service not found: %s", audience)
	}
	if name := in.Get("connection"); name != "" {
		if _, ok := t.connectionNamed(name); !ok {
			return bad("invalid_request", "the connection was not found")
		}
		tx.connection = name
	}
	maxAge := in.Get("max_age")
	if n, err := strconv.Atoi(maxAge); maxAge != "" && (err != nil || n < 0) {
		return bad("invalid_request", "Parameter max_age must be a non-negative number")
	}
	tx.acr = strings.Fields(in.Get("acr_values"))
	tx.prompt, tx.loginHint, tx.signup = in.Get("prompt"), in.Get("login_hint"), in.Get("screen_hint") == "signup"
	tx.grant = grant{
		clientID: tx.client.ID, redirectURI: tx.redirectURI, challenge: challenge, nonce: in.Get("nonce"),
		audience: audience, scopes: t.grantedScopes(in), wantsAuthTime: maxAge != "" || tx.prompt == "login",
	}
	return nil
}

// grantedScopes are those asked for that mean something: a user's token for the
// Management API never holds what an application's does.
func (t *Tenant) grantedScopes(in url.Values) []string {
	known := []string{"openid", "profile", "email", "phone", "address", "offline_access"}
	audience, scopes := in.Get("audience"), []string{}
	custom := slices.Contains(t.opts.Audiences, audience)
	for _, s := range strings.Fields(in.Get("scope")) {
		own := strings.HasSuffix(s, ":current_user") || strings.Contains(s, ":current_user_")
		switch {
		case s == "offline_access" && !t.allowsOffline(audience), slices.Contains(scopes, s):
		case slices.Contains(known, s), custom, own && audience == t.Audience():
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// accepts says whether a session will do without asking the user again.
func (tx *transaction) accepts(s *session, in url.Values, now time.Time) bool {
	if tx.prompt == "login" || tx.signup {
		return false
	}
	maxAge := in.Get("max_age")
	n, _ := strconv.Atoi(maxAge)
	return maxAge == "" || n > 0 && now.Sub(s.authTime) <= time.Duration(n)*time.Second
}

// link is a page of this sign-in.
func (tx *transaction) link(path string) string { return path + "?state=" + url.QueryEscape(tx.id) }

// begin stores a transaction and binds it to the browser.
func (t *Tenant) begin(w http.ResponseWriter, r *http.Request, tx *transaction) {
	tx.id, tx.expires = randomID(43), t.now().Add(transactionTTL)
	if c, err := r.Cookie(browserCookie); err == nil && len(c.Value) == 32 {
		tx.browser = c.Value
	} else {
		tx.browser = randomID(32)
		t.setCookie(w, browserCookie, tx.browser, 365*24*time.Hour)
	}
	t.txns[tx.id] = tx
}

// transaction finds the sign-in that a page belongs to. A page that another
// browser's user was sent to, or another site's form, has not its cookie.
func (t *Tenant) transaction(r *http.Request) (*transaction, error) {
	tx, ok := t.txns[r.FormValue("state")]
	if !ok || !t.now().Before(tx.expires) {
		return nil, badPage("This sign-in has ended or took too long. Go back to the application and begin again.")
	}
	if c, err := r.Cookie(browserCookie); err != nil || c.Value != tx.browser {
		return nil, newPageError(http.StatusForbidden, "invalid_request",
			"This sign-in was begun in another browser. Go back to the application and begin again.")
	}
	return tx, nil
}

// resume serves GET /authorize/resume, where a page sends the browser when the
// user has signed in.
func (t *Tenant) resume(w http.ResponseWriter, r *http.Request, tx *transaction) error {
	s := t.currentSession(r)
	if s == nil || tx.sessionID != s.id {
		return goTo(w, r, tx.link("/u/login"))
	}
	return t.complete(w, r, tx)
}

// complete gives the application its code.
func (t *Tenant) complete(w http.ResponseWriter, r *http.Request, tx *transaction) error {
	delete(t.txns, tx.id)
	s := t.sessions[tx.sessionID]
	u, ok := t.users.get(s.userID)
	if !ok {
		return t.fail(w, r, tx, "login_required", "Login required")
	}
	if u.blocked() {
		return t.fail(w, r, tx, "unauthorized", "user is blocked")
	}
	now := t.now()
	s.used = now
	if !slices.Contains(s.clients, tx.client.ID) {
		s.clients = append(s.clients, tx.client.ID)
	}
	g := tx.grant
	g.userID, g.sessionID, g.authTime, g.methods = s.userID, s.id, s.authTime, tx.methods
	g.expires = now.Add(codeTTL)
	code := randomID(43)
	t.codes[code] = &g
	return t.redirect(w, r, tx, url.Values{"code": {code}})
}

// fail sends an error to the application.
func (t *Tenant) fail(w http.ResponseWriter, r *http.Request, tx *transaction, code, description string) error {
	return t.redirect(w, r, tx, url.Values{"error": {code}, "error_description": {description}})
}

func (t *Tenant) redirect(w http.ResponseWriter, r *http.Request, tx *transaction, params url.Values) error {
	if tx.state != "" {
		params.Set("state", tx.state)
	}
	if t.settings.IssuerInResponse {
		params.Set("iss", t.Issuer())
	}
	to, err := withQuery(tx.redirectURI, params)
	if err != nil {
		return badPage("The redirect URI is not a URL.")
	}
	w.Header().Set("Cache-Control", "no-store")
	return goTo(w, r, to)
}

// withQuery sets parameters of a URL's query.
func withQuery(to string, params url.Values) (string, error) {
	u, err := url.Parse(to)
	if err != nil {
		return "", err
	}
	if len(params) > 0 {
		q := u.Query()
		maps.Copy(q, params)
		u.RawQuery = q.Encode()
	}
	return u.String(), nil
}
