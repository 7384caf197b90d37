package localtenant

import (
	"net/http"
	"net/url"
	"strings"
)

// wrongLogin is the same for a wrong password and an unknown user, so that the
// page cannot be asked who has an account.
const wrongLogin = "Wrong email address, user name or password."

// tooManyFailures is Auth0's sentence, near enough.
const tooManyFailures = "Your account has been blocked after multiple consecutive login attempts. " +
	"Contact your administrator to unblock it."

func (t *Tenant) loginPage(w http.ResponseWriter, r *http.Request) error {
	tx, err := t.transaction(r)
	if err != nil {
		return err
	}
	return t.showLogin(w, http.StatusOK, tx, tx.loginHint, "")
}

func (t *Tenant) showLogin(w http.ResponseWriter, status int, tx *transaction, username, problem string) error {
	var social []map[string]string
	for _, c := range t.conns {
		if c.social() && tx.connection == "" {
			social = append(social, map[string]string{"Name": c.Name, "Display": c.displayName()})
		}
	}
	return t.pages.render(w, status, "login", origin(tx.redirectURI), map[string]any{
		"Title": "Sign in", "Client": tx.client.ID, "State": tx.id, "Username": username, "Error": problem, "Social": social,
	})
}

// login serves POST /u/login.
func (t *Tenant) login(w http.ResponseWriter, r *http.Request) error {
	tx, err := t.transaction(r)
	if err != nil {
		return err
	}
	name, text := strings.TrimSpace(r.PostFormValue("username")), r.PostFormValue("password")
	found, ok := t.users.login(t.databaseFor(tx), name)
	if !ok {
		// As much work as for a user that is there: time must not tell either.
		_, _ = hashPassword(text, t.opts.PasswordCost)
		t.record(r, eventUnknownUser, nil, name, "Wrong email or password.")
		return t.showLogin(w, http.StatusBadRequest, tx, name, wrongLogin)
	}
	u, ip := found.user, remoteIP(r)
	if t.blocks.blocked(u.ID, ip) {
		return t.showLogin(w, http.StatusBadRequest, tx, name, tooManyFailures)
	}
	if !found.account().password.matches(text) {
		t.record(r, eventWrongPassword, u, name, "Wrong email or password.")
		if t.blocks.failed(u.ID, ip); t.blocks.blocked(u.ID, ip) {
			t.record(r, eventBlocked, u, name, "Blocked account")
		}
		return t.showLogin(w, http.StatusBadRequest, tx, name, wrongLogin)
	}
	t.blocks.succeeded(u.ID, ip)
	return t.firstFactorGiven(w, r, tx, u)
}

// firstFactorGiven goes on with a user who has shown who they are by password or
// by a social provider.
func (t *Tenant) firstFactorGiven(w http.ResponseWriter, r *http.Request, tx *transaction, u *user) error {
	if t.wantsMFA(tx) && !u.blocked() {
		return t.askFactor(w, r, tx, u)
	}
	return t.signedIn(w, r, tx, u, nil)
}

// databaseFor is the connection that the password page signs in to.
func (t *Tenant) databaseFor(tx *transaction) string {
	if c, ok := t.connectionNamed(tx.connection); ok && c.database() {
		return c.Name
	}
	return Connection
}

// signedIn starts a session and goes on to the application.
func (t *Tenant) signedIn(w http.ResponseWriter, r *http.Request, tx *transaction, u *user, methods []string) error {
	t.startFor(w, r, tx, u, methods)
	http.Redirect(w, r, "/authorize/resume?state="+url.QueryEscape(tx.id), http.StatusFound)
	return nil
}

// startFor starts a session for a sign-in. A blocked user gets one as well: it is
// the application that must hear of it, when the sign-in completes.
func (t *Tenant) startFor(w http.ResponseWriter, r *http.Request, tx *transaction, u *user, methods []string) {
	if !u.blocked() {
		u = t.recordLogin(u, remoteIP(r))
		t.record(r, eventLogin, u, "", "Successful login")
	}
	tx.pending, tx.methods = "", methods
	tx.sessionID = t.startSession(w, r, u, methods).id
}

func (t *Tenant) recordLogin(old *user, ip string) *user {
	u := *old
	u.LastLogin, u.LastIP = t.now(), ip
	u.LoginsCount++
	u.UpdatedAt = u.LastLogin
	_ = t.users.put(&u, t.now()) // its login names are its own: they cannot be taken
	return &u
}
