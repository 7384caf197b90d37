package localtenant_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func TestLoginPage(t *testing.T) {
	s := tenanttest.Start(t)
	t.Run("tells nobody who has an account", func(t *testing.T) {
		b := newBrowser(t, s)
		p := b.get(authorizeURL(s, map[string]string{"login_hint": "ada@example.com"}))
		if !strings.Contains(p.body, `value="ada@example.com"`) {
			t.Error("the hint is not on the page")
		}
		known := b.submit(p, url.Values{"username": {"ada@example.com"}, "password": {"wrong"}})
		unknown := b.submit(p, url.Values{"username": {"nobody@example.com"}, "password": {"wrong"}})
		// github's user has no password at all
		social := b.submit(p, url.Values{"username": {"linus@example.com"}, "password": {""}})
		same := func(p page) string {
			return regexp.MustCompile(`value="[^"]*@example.com"`).ReplaceAllString(p.body, "")
		}
		if known.status != 400 || unknown.status != 400 || same(known) != same(unknown) || same(known) != same(social) {
			t.Errorf("%d and %d, or the pages differ", known.status, unknown.status)
		}
		if !strings.Contains(known.body, `role="alert"`) || !strings.Contains(known.body, `aria-invalid="true"`) {
			t.Error("the error is not announced")
		}
	})
	t.Run("takes user names, any case and spaces around", func(t *testing.T) {
		for _, name := range []string{"alan", "ALAN@example.com", " alan@example.com "} {
			if q := newBrowser(t, s).signIn(s, name, localtenant.SamplePassword, nil); q.Get("code") == "" {
				t.Errorf("%q: %v", name, q)
			}
		}
	})
	t.Run("a blocked user", func(t *testing.T) {
		q := newBrowser(t, s).signIn(s, "katherine@example.com", localtenant.SamplePassword, nil)
		if q.Get("error") != "unauthorized" || q.Get("error_description") != "user is blocked" || q.Get("state") != "st" {
			t.Errorf("%v", q)
		}
	})
	t.Run("counts logins", func(t *testing.T) {
		newBrowser(t, s).signIn(s, "grace@example.com", localtenant.SamplePassword, nil)
		newBrowser(t, s).signIn(s, "grace@example.com", localtenant.SamplePassword, nil)
		u := newAPI(t, s).list("/api/v2/users-by-email?email=grace@example.com")[0]
		if u["logins_count"] != 2.0 || u["last_ip"] != "127.0.0.1" || u["last_login"] == nil {
			t.Errorf("user %v", u)
		}
	})
}

func TestPagesAreSafe(t *testing.T) {
	s := tenanttest.Start(t)
	b := newBrowser(t, s)
	p := b.get(authorizeURL(s, map[string]string{"login_hint": `"><script>alert(1)</script>`}))
	if strings.Contains(p.body, "<script") {
		t.Error("the hint is not escaped")
	}
	csp := p.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self' http://127.0.0.1:3000;"} {
		if !strings.Contains(csp, part) {
			t.Errorf("policy %q has no %s", csp, part)
		}
	}
	if p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("headers %v", p.header)
	}
	form := url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}}
	if other := newBrowser(t, s).submit(p, form); other.status != http.StatusForbidden || other.location != "" {
		t.Errorf("another browser's form: %d to %q", other.status, other.location)
	}
	if other := newBrowser(t, s).get(p.url); other.status != http.StatusForbidden {
		t.Errorf("another browser: %d", other.status)
	}
	form.Set("state", "guess")
	if other := b.submit(p, form); other.status != http.StatusBadRequest {
		t.Errorf("an unknown transaction: %d", other.status)
	}
	for _, c := range b.http.Jar.Cookies(mustParse(t, s.URL)) {
		if c.Name == "auth0" {
			t.Error("a session without a login")
		}
	}
	if p := b.get(s.URL + "/authorize/resume?state=" + url.QueryEscape(regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(p.body)[1])); p.status != 200 || p.location != "" {
		t.Errorf("resumed without a login: %d to %q", p.status, p.location)
	}
	css := b.get(s.URL + "/u/style.css")
	if css.status != 200 || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("stylesheet: %d %s", css.status, css.header.Get("Content-Type"))
	}
}

func TestSignup(t *testing.T) {
	s := tenanttest.Start(t)
	open := func(b *browser) page { return b.get(authorizeURL(s, map[string]string{"screen_hint": "signup"})) }
	for name, c := range map[string]struct{ email, password, want string }{
		"weak password":  {"new@example.com", "short", "That password will not do."},
		"bad address":    {"new", goodPassword, "That is not an email address."},
		"taken":          {"ada@example.com", goodPassword, "Something went wrong."},
		"taken in caps":  {"ADA@example.com", goodPassword, "Something went wrong."},
		"markup in name": {"<b>@example.com", goodPassword, "That is not an email address."},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, s)
			p := b.submit(open(b), url.Values{"email": {c.email}, "password": {c.password}})
			if p.status != 400 || !strings.Contains(p.body, c.want) || strings.Contains(p.body, "<b>") {
				t.Errorf("%d %s", p.status, p.body)
			}
		})
	}
	b := newBrowser(t, s)
	p := b.submit(open(b), url.Values{"email": {"New@Example.com"}, "password": {goodPassword}})
	u := mustParse(t, p.location)
	status, tokens := redeem(t, s, u.Query().Get("code"), nil)
	if status != 200 || claimsOf(t, tokens["id_token"])["email"] != "new@example.com" {
		t.Fatalf("%d %v", status, tokens)
	}
	mail := s.Tenant.Outbox()
	if len(mail) != 1 || mail[0].To != "new@example.com" || mail[0].Kind != "verify_email" {
		t.Errorf("outbox %+v", mail)
	}
	if q := newBrowser(t, s).signIn(s, "new@example.com", goodPassword, nil); q.Get("code") == "" {
		t.Errorf("signing in afterwards: %v", q)
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
