package console_test

import (
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

// link makes one user's identity the second identity of another user.
func (w *world) link(primary, secondary string) {
	w.Helper()
	provider, id, _ := strings.Cut(secondary, "|")
	status, out := w.manage("POST", "/api/v2/users/"+url.PathEscape(primary)+"/identities", map[string]any{"provider": provider, "user_id": id})
	if status != 201 {
		w.Fatalf("link: %d %v", status, out)
	}
}

// An account of staff that is the second identity of a customer signs in as the customer, who is
// not staff whatever their roles.
func TestSecondIdentityIsNotStaff(t *testing.T) {
	w := newWorld(t)
	w.giveRole(customerID, "rol_Local00000000004")
	w.link(customerID, supportID)
	b := w.newBrowser()
	b.signIn(supportEmail).has(t, "not a staff account")
	if p := b.get("/users"); p.status != 401 {
		t.Errorf("signed in: %d", p.status)
	}
}

// A member of staff who becomes the second identity of another user is out.
func TestLinkedStaffAreOut(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	w.link(customerID, supportID)
	w.tenant.Tenant.ResetStats()
	b.post(userPath(graceID, "block"), nil).has(t, "does not exist any more")
	if w.writes() != 0 {
		t.Errorf("changes: %v", w.tenant.Tenant.Stats().Routes)
	}
}

// A mail for a password goes out only if the address is that of the password: with the address of
// one identity in the connection of another one, it would be about another account.
func TestPasswordMailOfLinkedUsers(t *testing.T) {
	w := newWorld(t)
	const first, second, other = "github|77", "auth0|second", "auth0|other"
	for _, u := range []localtenant.User{
		{UserID: first, Email: "same@example.com", Name: "Linked", Connection: "github"},
		{UserID: second, Email: "second@example.com", Password: localtenant.SamplePassword},
		{UserID: other, Email: "same@example.com", Password: localtenant.SamplePassword},
	} {
		if _, err := w.tenant.Tenant.AddUser(u); err != nil {
			t.Fatal(err)
		}
	}
	w.link(first, second)
	b := w.staff(supportEmail)
	p := b.get(userPath(first))
	if p.offers(userPath(first, "password-mail")) || !p.offers(userPath(first, "password-link")) {
		t.Errorf("the offers are wrong: %s", p.body)
	}
	// The key of another form of the page, as any form of the session would have it.
	b.post(userPath(first, "password-mail"), url.Values{"key": {p.key(userPath(first, "password-link"))}}).has(t, "no mail was sent")
	if got := len(w.tenant.Tenant.Outbox()); got != 0 {
		t.Errorf("%d mails", got)
	}
}
