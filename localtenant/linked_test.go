package localtenant_test

import (
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// linkedPassword is a database account that is linked to Linus, who came by GitHub.
type linkedPassword struct {
	*api
	s     *tenanttest.Server
	local string // its own id, without the provider
}

const (
	linus       = "github|1024025"
	linkedEmail = "linked@example.com"
)

func linkPassword(t *testing.T) *linkedPassword {
	t.Helper()
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	l := &linkedPassword{api: a, s: s, local: strings.TrimPrefix(a.addUser(linkedEmail), "auth0|")}
	a.obj("PATCH", "/api/v2/users/auth0%7C"+l.local, map[string]any{"username": "linky"}, 200)
	if status, body := a.call("POST", l.identities(), map[string]any{"provider": "auth0", "user_id": l.local}); status != 201 {
		t.Fatal(status, body)
	}
	return l
}

func (l *linkedPassword) identities() string { return "/api/v2/users/" + escape(linus) + "/identities" }

// signsIn wants the credentials to sign somebody in; "" is nobody.
func (l *linkedPassword) signsIn(t *testing.T, name, password, want string) {
	t.Helper()
	b := newBrowser(t, l.s)
	if want == "" {
		if p := b.submit(newPage(b, l.s), url.Values{"username": {name}, "password": {password}}); p.status != 400 {
			t.Errorf("%s signs in with %s: %d", name, password, p.status)
		}
		return
	}
	_, tokens := redeem(t, l.s, b.signIn(l.s, name, password, nil).Get("code"), nil)
	if sub := claimsOf(t, tokens["id_token"])["sub"]; sub != want {
		t.Errorf("%s signs in %v, want %s", name, sub, want)
	}
}

// By Auth0's documentation a user authenticates from any of their accounts and is one user
// (https://auth0.com/docs/manage-users/user-accounts/user-account-linking).
func TestALinkedDatabaseAccountSignsIn(t *testing.T) {
	const changed = "N3w-Passw0rd!"
	reset := func(t *testing.T, l *linkedPassword, link string) {
		t.Helper()
		b := newBrowser(t, l.s)
		p := b.get(link)
		if !strings.Contains(p.body, linkedEmail) {
			t.Errorf("the page does not say whose password it is: %s", p.body)
		}
		if p := b.submit(p, url.Values{"password": {changed}, "again": {changed}}); p.status != 200 {
			t.Fatalf("%d %s", p.status, p.body)
		}
	}
	tests := map[string]struct {
		do    func(t *testing.T, l *linkedPassword)
		right string
		wrong string
	}{
		"as before": {func(*testing.T, *linkedPassword) {}, goodPassword, changed},
		"after a mail": {func(t *testing.T, l *linkedPassword) {
			l.call("POST", "/dbconnections/change_password", map[string]any{"email": "Linked@example.com", "connection": localtenant.Connection})
			if mail := l.s.Tenant.Outbox(); len(mail) != 1 || mail[0].To != linkedEmail {
				t.Fatalf("%v", mail)
			}
			reset(t, l, link(t, l.s, "reset_email"))
		}, changed, goodPassword},
		"after a ticket that names the identity": {func(t *testing.T, l *linkedPassword) {
			in := map[string]any{"user_id": linus, "identity": map[string]any{"provider": "auth0", "user_id": l.local}}
			reset(t, l, l.obj("POST", "/api/v2/tickets/password-change", in, 201)["ticket"].(string))
		}, changed, goodPassword},
		"after a ticket that names the address": {func(t *testing.T, l *linkedPassword) {
			in := map[string]any{"email": linkedEmail, "connection_id": "con_Local0000000001x"}
			reset(t, l, l.obj("POST", "/api/v2/tickets/password-change", in, 201)["ticket"].(string))
		}, changed, goodPassword},
		"after a patch that names the connection": {func(_ *testing.T, l *linkedPassword) {
			l.obj("PATCH", "/api/v2/users/"+escape(linus), map[string]any{"connection": localtenant.Connection, "password": changed}, 200)
		}, changed, goodPassword},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := linkPassword(t)
			tt.do(t, l)
			l.signsIn(t, linkedEmail, tt.right, linus)
			l.signsIn(t, "LINKY", tt.right, linus)
			l.signsIn(t, linkedEmail, tt.wrong, "")
			if user := l.obj("GET", "/api/v2/users/"+escape(linus), nil, 200); user["email"] != "linus@example.com" || user["username"] != nil {
				t.Errorf("it changed the user: %v", user)
			}
			if status, body := l.call("DELETE", l.identities()+"/auth0/"+l.local, nil); status != 200 {
				t.Fatal(status, body)
			}
			l.signsIn(t, linkedEmail, tt.right, "auth0|"+l.local)
			l.signsIn(t, linkedEmail, tt.wrong, "")
		})
	}
}

// What a linked account signs in with is nobody else's.
func TestALinkedAccountsNamesStayTaken(t *testing.T) {
	l := linkPassword(t)
	again := map[string]any{"connection": localtenant.Connection, "email": linkedEmail, "password": goodPassword}
	l.obj("POST", "/api/v2/users", again, 409)
	l.obj("DELETE", "/api/v2/users/"+escape(linus), nil, 204) // and the linked account with it
	l.obj("POST", "/api/v2/users", again, 201)
}

// A patch that names the connection changes what the linked account signs in with, and of all else the user.
func TestAPatchOfALinkedAccount(t *testing.T) {
	l := linkPassword(t)
	user := l.obj("PATCH", "/api/v2/users/"+escape(linus), map[string]any{
		"connection": localtenant.Connection, "email_verified": true, "user_metadata": map[string]any{"a": "b"}, "blocked": false,
	}, 200)
	linked := user["identities"].([]any)[1].(map[string]any)["profileData"].(map[string]any)
	if linked["email_verified"] != true || user["user_metadata"].(map[string]any)["a"] != "b" || user["blocked"] != false {
		t.Errorf("%v", user)
	}
	l.obj("PATCH", "/api/v2/users/"+escape(linus), map[string]any{"connection": localtenant.Connection, "username": "other"}, 200)
	l.signsIn(t, "other", goodPassword, linus)
	l.signsIn(t, "linky", goodPassword, "")
	l.obj("PATCH", "/api/v2/users/"+escape(linus), map[string]any{"connection": localtenant.Connection, "name": "L"}, 400) // GitHub's
	l.obj("PATCH", "/api/v2/users/"+escape(linus), map[string]any{"connection": "google-oauth2", "password": goodPassword}, 400)
}
