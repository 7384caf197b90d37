package localtenant

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
)

// forgottenPage asks for the address that the link is to go to.
func (t *Tenant) forgottenPage(w http.ResponseWriter, r *http.Request) error {
	tx, err := t.transaction(r)
	if err != nil {
		return err
	}
	return t.pages.render(w, http.StatusOK, "forgotten", "", map[string]any{
		"Title": "Forgot your password?", "State": tx.id, "Username": tx.loginHint,
	})
}

// forgotten says the same whether or not anybody has the address.
func (t *Tenant) forgotten(w http.ResponseWriter, r *http.Request) error {
	tx, err := t.transaction(r)
	if err != nil {
		return err
	}
	t.mailReset(t.databaseFor(tx), r.PostFormValue("email"))
	return t.pages.render(w, http.StatusOK, "message", "", map[string]any{
		"Title": "Check your email", "Message": "If there is an account with that address, we have sent it a link to set a new password.",
		"Link": "/u/login?state=" + url.QueryEscape(tx.id), "LinkText": "Back to sign in",
	})
}

func linkEnded() error {
	return newPageError(http.StatusBadRequest, "invalid_ticket", "This link was used already or is too old.")
}

// resetPage asks for a new password. Looking at it does not use the ticket up:
// mail programs look at links before people do.
func (t *Tenant) resetPage(w http.ResponseWriter, r *http.Request) error {
	id, k, ok := t.redeemable(r, "reset")
	u, found := t.users.get(ticketUserID(k))
	if !ok || !found {
		return linkEnded()
	}
	return t.showReset(w, http.StatusOK, id, k, u, "")
}

func ticketUserID(k *ticket) string {
	if k == nil {
		return ""
	}
	return k.userID
}

func (t *Tenant) showReset(w http.ResponseWriter, status int, id string, k *ticket, u *user, problem string) error {
	conn, ok := t.resetConnection(u, k)
	if !ok {
		return linkEnded()
	}
	account := u.account(u.identityFor(k))
	return t.pages.render(w, status, "reset", origin(k.resultURL), map[string]any{
		"Title": "Set a new password", "Ticket": id, "Username": cmp.Or(account.Email, account.Username), "Error": problem,
		"Rules": conn.policy.describe(),
	})
}

// resetConnection is the database that has the password.
func (t *Tenant) resetConnection(u *user, k *ticket) (*connection, bool) {
	place := u.identityFor(k)
	if place < 0 || place >= len(u.Identities) {
		return nil, false
	}
	return t.connectionNamed(u.Identities[place].Connection)
}

// resetPassword sets the password and uses the ticket up.
func (t *Tenant) resetPassword(w http.ResponseWriter, r *http.Request) error {
	id, k, ok := t.redeemable(r, "reset")
	old, found := t.users.get(ticketUserID(k))
	if !ok || !found {
		return linkEnded()
	}
	text := r.PostFormValue("password")
	if text != r.PostFormValue("again") {
		return t.showReset(w, http.StatusBadRequest, id, k, old, "The two passwords are not the same.")
	}
	conn, ok := t.resetConnection(old, k)
	if !ok {
		return linkEnded()
	}
	u, err := old.changed(old.identityFor(k), func(account *user) error {
		account.EmailVerified = account.EmailVerified || k.markVerified && k.email == account.Email
		return t.setPassword(account, conn, text)
	})
	if _, refused := errors.AsType[*apiError](err); refused {
		return t.showReset(w, http.StatusBadRequest, id, k, old, "That password will not do. "+conn.policy.describe())
	} else if err != nil {
		return err
	}
	delete(t.tickets, id)
	now := t.now()
	u.PasswordReset, u.UpdatedAt = now, now
	if err := t.users.put(u, now); err != nil {
		return err
	}
	t.blocks.clear(u.ID)
	t.endAccess(u.ID) // whoever knew the old password is out
	t.record(r, eventPassword, u, "", "")
	return t.ticketDone(w, r, k, "Password changed", "You can now sign in with the new password.")
}

// verifyEmail serves the link of a verification mail.
func (t *Tenant) verifyEmail(w http.ResponseWriter, r *http.Request) error {
	id, k, ok := t.redeemable(r, "verify")
	old, found := t.users.get(ticketUserID(k))
	if !ok || !found || k.email != old.Email {
		return linkEnded() // a link to a former address verifies nothing
	}
	delete(t.tickets, id)
	u := *old
	u.EmailVerified, u.UpdatedAt = true, t.now()
	if err := t.users.put(&u, t.now()); err != nil {
		return err
	}
	t.record(r, eventVerified, &u, "", "")
	return t.ticketDone(w, r, k, "Email verified", "Your email was verified. You can continue using the application.")
}

// ticketDone goes to where the ticket says, or shows that all is well.
func (t *Tenant) ticketDone(w http.ResponseWriter, r *http.Request, k *ticket, title, message string) error {
	if k.resultURL == "" {
		return t.pages.render(w, http.StatusOK, "message", "", map[string]any{"Title": title, "Message": message})
	}
	u, err := url.Parse(k.resultURL)
	if err != nil {
		return linkEnded()
	}
	q := u.Query()
	q.Set("success", "true")
	q.Set("code", "success")
	q.Set("message", message)
	if k.addEmail {
		q.Set("email", k.email)
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
	return nil
}
