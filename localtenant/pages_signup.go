package localtenant

import (
	"errors"
	"net/http"

	"usher/localtenant/description"
)

// signupPage serves GET /u/signup, and what is wrong with a POST.
func (t *Tenant) signupPage(w http.ResponseWriter, r *http.Request, tx *transaction, problem string) error {
	return t.pages.show(w, "signup", origin(tx.redirectURI), map[string]any{
		"Title": "Sign up", "Client": tx.client.ID, "State": tx.id, "Username": tx.typed(r, "email"), "Error": problem,
		"Rules": t.databaseFor(tx).policy.describe(),
	})
}

// signup serves POST /u/signup.
func (t *Tenant) signup(w http.ResponseWriter, r *http.Request, tx *transaction) error {
	email, text, conn := tx.typed(r, "email"), r.PostFormValue("password"), t.databaseFor(tx)
	if !description.ValidEmail(email) {
		return t.signupPage(w, r, tx, "That is not an email address.")
	}
	u, err := t.newUser(userFields{Connection: &conn.Name, Email: &email, Password: &text})
	refused, isRefused := errors.AsType[*apiError](err)
	switch {
	case isRefused && refused.Status == http.StatusConflict:
		// Auth0 does not say that the address is taken, and nor does this page.
		return t.signupPage(w, r, tx, "Something went wrong. Perhaps you have an account already?")
	case isRefused:
		return t.signupPage(w, r, tx, "That password will not do. "+conn.policy.describe())
	case err != nil:
		return err
	}
	t.sendVerification(u)
	t.record(r, eventSignup, u, "", "")
	return t.firstFactorGiven(w, r, tx, u)
}
