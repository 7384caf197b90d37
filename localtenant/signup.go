package localtenant

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"usher/localtenant/description"
)

func (t *Tenant) signupPage(w http.ResponseWriter, r *http.Request) error {
	tx, err := t.transaction(r)
	if err != nil {
		return err
	}
	return t.showSignup(w, http.StatusOK, tx, tx.loginHint, "")
}

func (t *Tenant) showSignup(w http.ResponseWriter, status int, tx *transaction, email, problem string) error {
	conn, _ := t.connectionNamed(t.databaseFor(tx))
	return t.pages.render(w, status, "signup", origin(tx.redirectURI), map[string]any{
		"Title": "Sign up", "Client": tx.client.ID, "State": tx.id, "Username": email, "Error": problem,
		"Rules": conn.policy.describe(),
	})
}

// signup serves POST /u/signup.
func (t *Tenant) signup(w http.ResponseWriter, r *http.Request) error {
	tx, err := t.transaction(r)
	if err != nil {
		return err
	}
	email, text := strings.TrimSpace(r.PostFormValue("email")), r.PostFormValue("password")
	if !description.ValidEmail(email) {
		return t.showSignup(w, http.StatusBadRequest, tx, email, "That is not an email address.")
	}
	connection := t.databaseFor(tx)
	u, err := t.newUser(userFields{Connection: &connection, Email: &email, Password: &text})
	refused, isRefused := errors.AsType[*apiError](err)
	switch {
	case isRefused && refused.Status == http.StatusConflict:
		// Auth0 does not say that the address is taken, and nor does this page.
		return t.showSignup(w, http.StatusBadRequest, tx, email, "Something went wrong. Perhaps you have an account already?")
	case isRefused:
		conn, _ := t.connectionNamed(connection)
		return t.showSignup(w, http.StatusBadRequest, tx, email, "That password will not do. "+conn.policy.describe())
	case err != nil:
		return err
	}
	t.sendVerification(u)
	t.record(r, eventSignup, u, "", "")
	return t.firstFactorGiven(w, r, tx, u)
}

// describe tells a person what a password must be like.
func (p PasswordPolicy) describe() string {
	rules := fmt.Sprintf("At least %d characters", max(p.MinLength, 1))
	switch p.Level {
	case "fair":
		rules += ", with lower-case and capital letters and digits"
	case "good", "excellent":
		rules += ", of three kinds at least: lower-case letters, capital letters, digits, other characters"
	}
	if p.Level == "excellent" {
		rules += "; no character three times in a row"
	}
	return rules + "."
}
