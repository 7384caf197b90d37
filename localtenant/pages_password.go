package localtenant

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"usher/internal/address"
)

// forgottenPage asks for the address that the link is to go to.
func (t *Tenant) forgottenPage(w http.ResponseWriter, _ *http.Request, tx *transaction) error {
	return t.pages.show(w, "forgotten", "", map[string]any{
		"Title": "Forgot your password?", "State": tx.id, "Username": tx.loginHint,
	})
}

// forgotten answers the same whether or not an account has the address.
func (t *Tenant) forgotten(w http.ResponseWriter, r *http.Request, tx *transaction) error {
	t.mailReset(t.databaseFor(tx).Name, r.PostFormValue("email"))
	return t.pages.show(w, "message", "", map[string]any{
		"Title":   "Check your email",
		"Message": "If there is an account with that address, we have sent it a link to set a new password.",
		"Link":    tx.link("/u/login"), "LinkText": "Back to sign in",
	})
}

func linkEnded() error {
	return newPageError(http.StatusBadRequest, "invalid_ticket", "This link was used already or is too old.")
}

// resetPage asks for a new password. Looking at it does not use the ticket up:
// mail programs look at links before people do.
func (t *Tenant) resetPage(w http.ResponseWriter, _ *http.Request, k redeemed, problem string) error {
	conn, ok := t.resetConnection(k)
	if !ok {
		return linkEnded()
	}
	account := k.user.account(k.user.identityFor(k.ticket))
	return t.pages.show(w, "reset", origin(k.resultURL), map[string]any{
		"Title": "Set a new password", "Ticket": k.id, "Username": cmp.Or(account.Email, account.Username),
		"Error": problem, "Rules": conn.policy.describe(),
	})
}

// resetConnection is the database that has the password.
func (t *Tenant) resetConnection(k redeemed) (*connection, bool) {
	place := k.user.identityFor(k.ticket)
	if place < 0 {
		return nil, false
	}
	return t.connectionNamed(k.user.Identities[place].Connection)
}

// resetPassword sets the password and uses the ticket up.
func (t *Tenant) resetPassword(w http.ResponseWriter, r *http.Request, k redeemed) error {
	text := r.PostFormValue("password")
	if text != r.PostFormValue("again") {
		return t.resetPage(w, r, k, "The two passwords are not the same.")
	}
	conn, ok := t.resetConnection(k)
	if !ok {
		return linkEnded()
	}
	u, err := k.user.changed(k.user.identityFor(k.ticket), func(account *user) error {
		account.EmailVerified = account.EmailVerified || k.markVerified && k.email == account.Email
		return t.setPassword(account, conn, text)
	})
	if _, refused := errors.AsType[*apiError](err); refused {
		return t.resetPage(w, r, k, "That password will not do. "+conn.policy.describe())
	} else if err != nil {
		return err
	}
	delete(t.tickets, k.id)
	now := t.now()
	u.PasswordReset, u.UpdatedAt = now, now
	if err := t.users.put(u, now); err != nil {
		return err
	}
	t.blocks.clear(u.ID)
	t.endAccess(u.ID) // a session may be of someone who knew the old password
	t.record(r, eventPassword, u, "", "")
	return t.ticketDone(w, r, k.ticket, "Password changed", "You can now sign in with the new password.")
}

// verifyEmail serves the link of a verification mail.
func (t *Tenant) verifyEmail(w http.ResponseWriter, r *http.Request, k redeemed) error {
	if k.email != k.user.Email {
		return linkEnded() // a link to a former address verifies nothing
	}
	delete(t.tickets, k.id)
	u := *k.user
	u.EmailVerified, u.UpdatedAt = true, t.now()
	if err := t.users.put(&u, t.now()); err != nil {
		return err
	}
	t.record(r, eventVerified, &u, "", "")
	return t.ticketDone(w, r, k.ticket, "Email verified",
		"Your email was verified. You can continue using the application.")
}

// ticketDone goes to where the ticket says, or shows that all is well.
func (t *Tenant) ticketDone(w http.ResponseWriter, r *http.Request, k *ticket, title, message string) error {
	if k.resultURL == "" {
		return t.pages.message(w, title, message)
	}
	params := url.Values{"success": {"true"}, "code": {"success"}, "message": {message}}
	if k.addEmail {
		params.Set("email", k.email)
	}
	to, err := withQuery(k.resultURL, params)
	if err != nil {
		return linkEnded()
	}
	return goTo(w, r, to)
}

// changePassword serves POST /dbconnections/change_password: it mails a link to
// the user with the address, and says so whether or not there is one.
func (t *Tenant) changePassword(w http.ResponseWriter, r *http.Request) error {
	in, err := form(r)
	if err != nil {
		return err
	}
	for _, name := range []string{"email", "connection"} {
		if in.Get(name) == "" {
			return plainError(w, name+" is required")
		}
	}
	if id := in.Get("client_id"); id != "" {
		if _, ok := t.clients[id]; !ok {
			return plainError(w, "client_id is not known")
		}
	}
	conn, ok := t.connectionNamed(in.Get("connection"))
	if !ok || !conn.database() {
		return plainError(w, "connection is not a database connection")
	}
	t.mailReset(conn.Name, in.Get("email"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write([]byte("We've just sent you an email to reset your password."))
	return err
}

// mailReset mails a link to the user with an address, if there is one.
func (t *Tenant) mailReset(connection, email string) {
	if found, ok := t.users.logins[loginName{connection, "email", address.Fold(strings.TrimSpace(email))}]; ok {
		t.sendReset(found)
	}
}

// plainError is how the older endpoints tell of an error.
func plainError(w http.ResponseWriter, message string) error {
	return writeJSON(w, http.StatusBadRequest, map[string]any{"error": message})
}
