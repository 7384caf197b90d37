package localtenant

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"

	"usher/internal/address"
)

// socialConnection is the social connection that a page is for.
func (t *Tenant) socialConnection(r *http.Request) (*transaction, *connection, error) {
	tx, err := t.transaction(r)
	if err != nil {
		return nil, nil, err
	}
	conn, ok := t.connectionNamed(cmp.Or(r.FormValue("connection"), tx.connection))
	if !ok || !conn.social() || (tx.connection != "" && tx.connection != conn.Name) {
		return nil, nil, newPageError(http.StatusBadRequest, "invalid_request", "There is no such way to sign in.")
	}
	return tx, conn, nil
}

// socialPage stands for a provider's own pages: who are you, and do you allow it?
func (t *Tenant) socialPage(w http.ResponseWriter, r *http.Request) error {
	tx, conn, err := t.socialConnection(r)
	if err != nil {
		return err
	}
	return t.showSocial(w, http.StatusOK, tx, conn, tx.loginHint, "")
}

func (t *Tenant) showSocial(w http.ResponseWriter, status int, tx *transaction, conn *connection, email, problem string) error {
	return t.pages.render(w, status, "social", origin(tx.redirectURI), map[string]any{
		"Title": "Simulated " + conn.displayName(), "Provider": conn.displayName(), "Connection": conn.Name,
		"Client": tx.client.ID, "State": tx.id, "Username": email, "Error": problem,
	})
}

// social takes the answer. Refusing goes back to the application.
func (t *Tenant) social(w http.ResponseWriter, r *http.Request) error {
	tx, conn, err := t.socialConnection(r)
	if err != nil {
		return err
	}
	if r.PostFormValue("answer") != "allow" {
		delete(t.txns, tx.id)
		return t.fail(w, r, tx, "access_denied", "The user denied access.")
	}
	email := strings.TrimSpace(r.PostFormValue("email"))
	if name, domain, ok := strings.Cut(email, "@"); !ok || name == "" || domain == "" { // providers take more than is valid here
		return t.showSocial(w, http.StatusBadRequest, tx, conn, email, "That is not an email address.")
	}
	u, err := t.socialUser(conn, email, strings.TrimSpace(r.PostFormValue("name")))
	if err != nil {
		return err
	}
	return t.firstFactorGiven(w, r, tx, u)
}

// socialUser finds or makes the account of a person at a provider. A provider
// knows a person by a number, which here comes of the address, so that the same
// person is the same account each time, whatever capitals they write.
func (t *Tenant) socialUser(conn *connection, email, name string) (*user, error) {
	known := slices.Collect(maps.Values(t.users.byEmail[address.Fold(email)]))
	slices.SortFunc(known, func(a, b *user) int { return a.seq - b.seq })
	for _, u := range known {
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
	if err := t.users.put(u, t.now()); errors.Is(err, errTaken) {
		return nil, newPageError(http.StatusConflict, "user_exists", "There is such an account already.")
	} else if err != nil {
		return nil, err
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
	if name, ok := map[string]string{
		"google-oauth2": "Google", "github": "GitHub", "windowslive": "Microsoft", "apple": "Apple",
	}[c.Name]; ok {
		return name
	}
	return c.Name
}
