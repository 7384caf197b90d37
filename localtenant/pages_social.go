package localtenant

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"

	"usher/internal/address"
)

// socialStep is a sign-in by a social connection.
type socialStep struct {
	*transaction
	conn *connection
}

func (t *Tenant) socialStep(r *http.Request) (socialStep, error) {
	tx, err := t.transaction(r)
	if err != nil {
		return socialStep{}, err
	}
	conn, ok := t.connectionNamed(cmp.Or(r.FormValue("connection"), tx.connection))
	if !ok || !conn.social() || (tx.connection != "" && tx.connection != conn.Name) {
		return socialStep{}, badPage("There is no such way to sign in.")
	}
	return socialStep{tx, conn}, nil
}

// socialPage stands in for a provider's own pages: who are you, and do you allow it?
func (t *Tenant) socialPage(w http.ResponseWriter, r *http.Request, step socialStep, problem string) error {
	provider := step.conn.displayName()
	return t.pages.show(w, "social", origin(step.redirectURI), map[string]any{
		"Title": "Simulated " + provider, "Provider": provider, "Connection": step.conn.Name,
		"Client": step.client.ID, "State": step.id, "Username": step.typed(r, "email"), "Error": problem,
	})
}

// social takes the answer. Refusing goes back to the application.
func (t *Tenant) social(w http.ResponseWriter, r *http.Request, step socialStep) error {
	if r.PostFormValue("answer") != "allow" {
		delete(t.txns, step.id)
		return t.fail(w, r, step.transaction, "access_denied", "The user denied access.")
	}
	email := step.typed(r, "email")
	// Providers take more than is valid here.
	if name, domain, _ := strings.Cut(email, "@"); name == "" || domain == "" {
		return t.socialPage(w, r, step, "That is not an email address.")
	}
	u, err := t.socialUser(step.conn, email, strings.TrimSpace(r.PostFormValue("name")))
	if err != nil {
		return err
	}
	return t.firstFactorGiven(w, r, step.transaction, u)
}

// socialUser finds or makes the account of a person at a provider. A provider
// knows a person by a number, which here comes of the address, so that the same
// person is the same account each time, whatever capitals they write.
func (t *Tenant) socialUser(conn *connection, email, name string) (*user, error) {
	for _, u := range t.users.withFoldedEmail(email) {
		if u.primary().Connection == conn.Name {
			return t.withAddress(u, email)
		}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(conn.Name + " " + address.Fold(email))) // writing to a hash cannot fail
	local := fmt.Sprint(h.Sum64())
	if owner, ok := t.users.owner(conn.Strategy, local); ok {
		return owner, nil // linked to another account
	}
	u := blankUser(conn, local, t.now())
	u.Email, u.EmailVerified, u.Name = email, true, name
	if given, family, ok := strings.Cut(name, " "); ok {
		u.GivenName, u.FamilyName = given, family
	}
	u.fillDefaults()
	if t.users.put(u, t.now()) != nil {
		return nil, newPageError(http.StatusConflict, "user_exists", "There is such an account already.")
	}
	return u, nil
}

// withAddress takes over the address as the provider writes it, as every sign-in does
// by default.
func (t *Tenant) withAddress(u *user, email string) (*user, error) {
	if u.Email == email {
		return u, nil
	}
	renamed := *u
	renamed.Email, renamed.UpdatedAt = email, t.now()
	return &renamed, t.users.put(&renamed, t.now())
}

func (c *connection) displayName() string {
	known := map[string]string{
		"google-oauth2": "Google", "github": "GitHub", "windowslive": "Microsoft", "apple": "Apple",
	}
	return cmp.Or(known[c.Name], c.Name)
}
