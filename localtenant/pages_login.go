package localtenant

import (
	"net/http"
	"strings"
)

// wrongLogin is the same for a wrong password and an unknown user, so that the
// page cannot be asked who has an account.
const wrongLogin = "Wrong email address, user name or password."

// tooManyFailures is Auth0's sentence, near enough.
const tooManyFailures = "Your account has been blocked after multiple consecutive login attempts. " +
	"Contact your administrator to unblock it."

// loginPage serves GET /u/login, and what is wrong with a POST.
func (t *Tenant) loginPage(w http.ResponseWriter, r *http.Request, tx *transaction, problem string) error {
	var social []map[string]string
	for _, c := range t.conns {
		if c.social() && tx.connection == "" {
			social = append(social, map[string]string{"Name": c.Name, "Display": c.displayName()})
		}
	}
	return t.pages.show(w, "login", origin(tx.redirectURI), map[string]any{
		"Title": "Sign in", "Client": tx.client.ID, "State": tx.id, "Username": tx.typed(r, "username"),
		"Error": problem, "Social": social,
	})
}

// typed is the value of a form's field; before the form was sent, the login hint.
func (tx *transaction) typed(r *http.Request, field string) string {
	if r.Method == http.MethodGet {
		return tx.loginHint
	}
	return strings.TrimSpace(r.PostFormValue(field))
}

// login serves POST /u/login.
func (t *Tenant) login(w http.ResponseWriter, r *http.Request, tx *transaction) error {
	name, text := tx.typed(r, "username"), r.PostFormValue("password")
	found, ok := t.users.login(t.databaseFor(tx).Name, name)
	if !ok {
		// As much work as for an existing user: the time must not tell either.
		_, _ = hashPassword(text, t.opts.PasswordCost)
		t.record(r, eventUnknownUser, nil, name, "Wrong email or password.")
		return t.loginPage(w, r, tx, wrongLogin)
	}
	u, ip := found.user, remoteIP(r)
	if t.blocks.blocked(u.ID, ip) {
		return t.loginPage(w, r, tx, tooManyFailures)
	}
	if !found.account().password.matches(text) {
		t.record(r, eventWrongPassword, u, name, found.account().password.refusal())
		if t.blocks.failed(u.ID, ip); t.blocks.blocked(u.ID, ip) {
			t.record(r, eventBlocked, u, name, "Blocked account")
		}
		return t.loginPage(w, r, tx, wrongLogin)
	}
	t.blocks.succeeded(u.ID, ip)
	u, err := t.rehash(found, text)
	if err != nil {
		return err
	}
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
func (t *Tenant) databaseFor(tx *transaction) *connection {
	if c, ok := t.connectionNamed(tx.connection); ok && c.database() {
		return c
	}
	return t.conns[0]
}

// signedIn starts a session and goes on to the application.
func (t *Tenant) signedIn(w http.ResponseWriter, r *http.Request, tx *transaction, u *user, methods []string) error {
	t.startFor(w, r, tx, u, methods)
	return goTo(w, r, tx.link("/authorize/resume"))
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
