package console_test

import (
	"net/url"
	"strings"
	"testing"

	"usher/cmd/internal/console"
	"usher/localtenant"
)

func TestStaffSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.newBrowser()
	start := b.get("/users/" + url.PathEscape(customerID))
	if start.status != 401 {
		t.Errorf("signed out: %d", start.status)
	}
	start.has(t, `href="/login?return_to=%2Fusers%2Fauth0%257C`)
	start.lacks(t, "Ada", "ada@")
	p := b.signIn(supportEmail)
	p.has(t, "Hedy Lamarr", "ada@example.com", "block and unblock users")
	p.lacks(t, "give and take roles")
	if !strings.Contains(w.audit.String(), "actor=auth0|65e19a100000000000000021") {
		t.Errorf("the service's log lacks the actor: %s", w.audit)
	}
}

// Only the first identity's connection and the roles make a person staff.
func TestWhoIsNotStaff(t *testing.T) {
	tests := map[string]struct {
		prepare func(w *world)
		email   string
		want    string
	}{
		"a customer": {
			// The page of the staff's connection does not know customers, so the test signs in elsewhere.
			func(w *world) { w.giveRole(customerID, "rol_Local00000000004") },
			customerEmail, "Wrong email address",
		},
		"no role": {
			func(w *world) {
				w.manage("DELETE", "/api/v2/users/"+url.PathEscape(supportID)+"/roles", map[string]any{"roles": []string{"rol_Local00000000003"}})
			},
			supportEmail, "no role for the console",
		},
		"another role": {
			func(w *world) {
				w.manage("DELETE", "/api/v2/users/"+url.PathEscape(supportID)+"/roles", map[string]any{"roles": []string{"rol_Local00000000003"}})
				w.giveRole(supportID, "rol_Local00000000001")
			},
			supportEmail, "no role for the console",
		},
		"blocked": {func(w *world) { w.setUser(supportID, map[string]any{"blocked": true}) }, supportEmail, "The provider refused the sign-in"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			tt.prepare(w)
			b := w.newBrowser()
			b.signIn(tt.email).has(t, tt.want)
			if p := b.get("/users"); p.status != 401 {
				t.Errorf("signed in: %d", p.status)
			}
		})
	}
}

// A customer with every role is refused, even if the sign-in does not name the connection.
func TestCustomersAreNotStaff(t *testing.T) {
	w := newWorld(t)
	w.giveRole(customerID, "rol_Local00000000004")
	b := w.newBrowser()
	login := b.get("/login")
	authorize := login.url
	if !strings.HasPrefix(authorize, w.tenant.URL) {
		t.Fatalf("at %s", authorize)
	}
	// The browser changes the redirect: it leaves out the connection.
	noRedirects := w.newBrowser()
	noRedirects.http.CheckRedirect = lastResponse
	begun := noRedirects.get("/login")
	address, err := url.Parse(begun.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Del("connection")
	address.RawQuery = query.Encode()
	noRedirects.http.CheckRedirect = nil
	page := noRedirects.send(noRedirects.request("GET", address.String(), nil))
	state := stateField.FindStringSubmatch(page.body)
	if state == nil {
		t.Fatal(page.body)
	}
	end := noRedirects.send(noRedirects.request("POST", w.tenant.URL+"/u/login", url.Values{
		"state": {state[1]}, "username": {customerEmail}, "password": {localtenant.SamplePassword},
	}))
	end.has(t, "not a staff account")
	if p := noRedirects.get("/users"); p.status != 401 {
		t.Errorf("signed in: %d", p.status)
	}
}

// The console refuses a sign-in without the proof of a second factor.
func TestSecondFactorIsRequired(t *testing.T) {
	w := newWorld(t, func(o *console.Options) { o.WithoutMFA = false })
	b := w.newBrowser()
	p := b.signIn(supportEmail)
	p.has(t, "authenticator") // the tenant lets the person enrol
	if err := w.tenant.Tenant.Configure(func(s *localtenant.Settings) { s.MFA = localtenant.MFANever }); err != nil {
		t.Fatal(err)
	}
	other := w.newBrowser()
	other.signIn(supportEmail).has(t, "no second factor")
	if p := other.get("/users"); p.status != 401 {
		t.Errorf("signed in: %d", p.status)
	}
}

// The browser of an ordinary sign-in is refused, although Usher asks for nothing there.
func TestAnOrdinarySignInIsNotEnough(t *testing.T) {
	w := newWorld(t, func(o *console.Options) { o.WithoutMFA = false })
	b := w.newBrowser()
	b.http.CheckRedirect = lastResponse
	begun := b.send(b.request("GET", w.service+"/login?redirect_uri="+url.QueryEscape(w.url+"/callback"), nil))
	b.http.CheckRedirect = nil
	page := b.send(b.request("GET", begun.header.Get("Location")+"&connection=staff", nil))
	state := stateField.FindStringSubmatch(page.body)
	if state == nil {
		t.Fatal(page.body)
	}
	end := b.send(b.request("POST", w.tenant.URL+"/u/login", url.Values{
		"state": {state[1]}, "username": {supportEmail}, "password": {localtenant.SamplePassword},
	}))
	if !strings.HasPrefix(end.url, w.url+"/callback") {
		t.Fatalf("at %s", end.url)
	}
	end.has(t, "This sign-in used no second factor.")
	if p := b.get("/users"); p.status != 401 {
		t.Errorf("signed in: %d", p.status)
	}
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	b := w.staff(supportEmail)
	p := b.post("/sign-out", nil)
	p.has(t, "You are signed out")
	if to := p.header.Get("Refresh"); !strings.HasPrefix(to, "0; url="+w.tenant.URL+"/") {
		t.Errorf("the provider is not told: %q", to)
	}
	if p := b.get("/users"); p.status != 401 {
		t.Errorf("still signed in: %d", p.status)
	}
	end := b.send(b.request("GET", strings.TrimPrefix(p.header.Get("Refresh"), "0; url="), nil))
	if end.url != w.url+"/" {
		t.Errorf("the provider leads to %s", end.url)
	}
	if login := b.get("/login"); stateField.FindString(login.body) == "" {
		t.Error("the provider still knows the browser")
	}
}
