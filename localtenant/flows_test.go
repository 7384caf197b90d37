package localtenant_test

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

const acrMFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

func configure(t *testing.T, s *tenanttest.Server, change func(*localtenant.Settings)) {
	t.Helper()
	if err := s.Tenant.Configure(change); err != nil {
		t.Fatal(err)
	}
}

// tokensOf signs a sample user in and redeems the code.
func tokensOf(t *testing.T, s *tenanttest.Server, b *browser, extra map[string]string) map[string]any {
	t.Helper()
	status, tokens := redeem(t, s, b.signIn(s, "ada@example.com", localtenant.SamplePassword, extra).Get("code"), nil)
	if status != 200 {
		t.Fatalf("%d %v", status, tokens)
	}
	return tokens
}

func refresh(t *testing.T, s *tenanttest.Server, token any) (int, map[string]any) {
	t.Helper()
	return redeem(t, s, "", map[string]any{"grant_type": "refresh_token", "refresh_token": token})
}

func TestRefreshTokenRotation(t *testing.T) {
	s := tenanttest.Start(t)
	configure(t, s, func(c *localtenant.Settings) { c.Application.RotateRefreshTokens = true })
	first := tokensOf(t, s, newBrowser(t, s), nil)["refresh_token"]
	status, body := refresh(t, s, first)
	second := body["refresh_token"]
	if status != 200 || second == nil || second == first {
		t.Fatalf("rotation: %d %v", status, body)
	}
	_, body = refresh(t, s, second)
	third := body["refresh_token"]
	if status, body := refresh(t, s, first); status != 403 || body["error_description"] != "Unknown or invalid refresh token." {
		t.Errorf("reuse: %d %v", status, body)
	}
	if status, _ := refresh(t, s, third); status != 403 {
		t.Errorf("after a reuse the newest must be dead too: %d", status)
	}
}

func TestRevokeToken(t *testing.T) {
	s := tenanttest.Start(t)
	token := tokensOf(t, s, newBrowser(t, s), nil)["refresh_token"]
	other := tokensOf(t, s, newBrowser(t, s), nil)["refresh_token"]
	a := &api{t: t, url: s.URL}
	in := map[string]any{"client_id": localtenant.ClientID, "client_secret": "guess", "token": token}
	a.obj("POST", "/oauth/revoke", in, 401)
	if status, _ := refresh(t, s, token); status != 200 {
		t.Errorf("revoked without the secret: %d", status)
	}
	in["client_secret"] = localtenant.ClientSecret
	for range 2 { // what is not there is no error
		a.obj("POST", "/oauth/revoke", in, 200)
	}
	if status, _ := refresh(t, s, token); status != 403 {
		t.Errorf("still good: %d", status)
	}
	if status, _ := refresh(t, s, other); status != 200 {
		t.Errorf("another's is gone: %d", status)
	}
	delete(in, "token")
	a.obj("POST", "/oauth/revoke", in, 400)
}

// TestOtherApplication: what was given to one application is no use to another.
func TestOtherApplication(t *testing.T) {
	s := tenanttest.Start(t)
	s.Tenant.AddApplication("other", "other-secret", localtenant.Application{
		Grants: []string{"authorization_code", "refresh_token"}, Callbacks: []string{callback},
		AccessTokenLifetime: localtenant.Duration(time.Hour), IDTokenLifetime: localtenant.Duration(time.Hour),
	})
	other := map[string]any{"client_id": "other", "client_secret": "other-secret"}
	code := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil).Get("code")
	if status, body := redeem(t, s, code, other); status != 403 || body["error_description"] != "Invalid authorization code" {
		t.Errorf("a code: %d %v", status, body)
	}
	token := tokensOf(t, s, newBrowser(t, s), nil)["refresh_token"]
	in := map[string]any{"grant_type": "refresh_token", "refresh_token": token, "client_id": "other", "client_secret": "other-secret"}
	if status, body := redeem(t, s, "", in); status != 403 {
		t.Errorf("a refresh token: %d %v", status, body)
	}
	(&api{t: t, url: s.URL}).obj("POST", "/oauth/revoke", in, 400)
	in["token"] = token
	(&api{t: t, url: s.URL}).obj("POST", "/oauth/revoke", in, 200)
	if status, _ := refresh(t, s, token); status != 200 {
		t.Errorf("another application revoked it: %d", status)
	}
	in = map[string]any{"grant_type": "client_credentials", "audience": s.URL + "/api/v2/", "client_id": "other", "client_secret": "other-secret"}
	if status, body := redeem(t, s, "", in); status != 403 || body["error"] != "unauthorized_client" {
		t.Errorf("a grant that it has not: %d %v", status, body)
	}
}

func TestBlockedUsersGetNoTokens(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	b := newBrowser(t, s)
	tokens := tokensOf(t, s, b, nil)
	code := b.signIn(s, "", "", nil).Get("code") // single sign-on
	a.obj("PATCH", "/api/v2/users/auth0%7C65e19a100000000000000001", map[string]any{"blocked": true}, 200)
	if status, body := redeem(t, s, code, nil); status != 403 {
		t.Errorf("a code: %d %v", status, body)
	}
	if status, body := refresh(t, s, tokens["refresh_token"]); status != 403 {
		t.Errorf("a refresh token: %d %v", status, body)
	}
}

func TestKeyRotation(t *testing.T) {
	ctx := context.Background()
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Key = nil })
	provider, err := oidc.NewProvider(ctx, s.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: localtenant.ClientID})
	before := tokensOf(t, s, newBrowser(t, s), nil)["id_token"].(string)
	a := newAPI(t, s)
	if err := s.Tenant.RotateKey(); err != nil {
		t.Fatal(err)
	}
	after := tokensOf(t, s, newBrowser(t, s), nil)["id_token"].(string)
	for name, token := range map[string]string{"before": before, "after": after} {
		if _, err := verifier.Verify(ctx, token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if strings.Split(before, ".")[0] == strings.Split(after, ".")[0] {
		t.Error("the key's name is the same")
	}
	a.list("/api/v2/users") // a management token of the former key
}

func TestOIDCLogout(t *testing.T) {
	s := tenanttest.Start(t)
	const home = "http://127.0.0.1:3000"
	logout := func(b *browser, q url.Values) page { return b.get(s.URL + "/oidc/logout?" + q.Encode()) }
	signedIn := func(b *browser) bool { return b.get(authorizeURL(s, nil)).location != "" }

	b := newBrowser(t, s)
	hint := tokensOf(t, s, b, nil)["id_token"].(string)
	for name, q := range map[string]url.Values{
		"an unknown URL":       {"id_token_hint": {hint}, "post_logout_redirect_uri": {"http://evil.example"}},
		"a bad hint":           {"id_token_hint": {hint[:len(hint)-4] + "AAAA"}, "post_logout_redirect_uri": {home}},
		"no application":       {"post_logout_redirect_uri": {home}},
		"another application":  {"client_id": {"other"}, "id_token_hint": {hint}, "post_logout_redirect_uri": {home}},
		"a token for the API":  {"id_token_hint": {newAPI(t, s).token}, "post_logout_redirect_uri": {home}},
		"unknown without hint": {"client_id": {"other"}, "post_logout_redirect_uri": {home}},
	} {
		if p := logout(b, q); p.status != 400 || p.location != "" {
			t.Errorf("%s: %d to %q", name, p.status, p.location)
		}
		if !signedIn(b) {
			t.Errorf("%s: signed out", name)
		}
	}
	p := logout(b, url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {home}, "state": {"x y"}})
	if p.location != home+"?state=x+y" || signedIn(b) {
		t.Errorf("%d to %q", p.status, p.location)
	}
	tokensOf(t, s, b, nil)
	if logout(b, url.Values{"id_token_hint": {hint}}); !signedIn(b) {
		t.Error("an old session's hint ended the new session")
	}
	if p := logout(b, url.Values{"client_id": {localtenant.ClientID}}); p.status != 200 || signedIn(b) {
		t.Errorf("without a URL: %d", p.status)
	}
}

func TestIssuerInResponse(t *testing.T) {
	s := tenanttest.Start(t)
	if q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil); q.Has("iss") {
		t.Errorf("%v", q)
	}
	configure(t, s, func(c *localtenant.Settings) { c.IssuerInResponse = true })
	if q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, nil); q.Get("iss") != s.URL+"/" {
		t.Errorf("%v", q)
	}
	if q := newBrowser(t, s).signIn(s, "", "", map[string]string{"prompt": "none"}); q.Get("error") != "login_required" || q.Get("iss") != s.URL+"/" {
		t.Errorf("an error: %v", q)
	}
}

func TestAudiences(t *testing.T) {
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Audiences = []string{"https://api.example.com/"} })
	tokens := tokensOf(t, s, newBrowser(t, s), map[string]string{"audience": "https://api.example.com/", "scope": "openid email read:things"})
	c := claimsOf(t, tokens["access_token"])
	if !cmp.Equal(c["aud"], []any{"https://api.example.com/", s.URL + "/userinfo"}) || c["scope"] != "openid email read:things" {
		t.Errorf("claims %v", c)
	}
	a := &api{t: t, url: s.URL, token: tokens["access_token"].(string)}
	if got := a.obj("GET", "/userinfo", nil, 200); got["email"] != "ada@example.com" {
		t.Errorf("userinfo %v", got)
	}
	a.obj("GET", "/api/v2/users", nil, 401)
	tokens = tokensOf(t, s, newBrowser(t, s), map[string]string{"audience": s.URL + "/api/v2/", "scope": "openid read:users read:current_user"})
	if c := claimsOf(t, tokens["access_token"]); c["scope"] != "openid read:current_user" {
		t.Errorf("a user's token for the Management API may hold current_user scopes only: %v", c)
	}
	(&api{t: t, url: s.URL, token: tokens["access_token"].(string)}).obj("GET", "/api/v2/users", nil, 403)
	now := newClock()
	s = tenanttest.Start(t, now.option)
	token := tokensOf(t, s, newBrowser(t, s), map[string]string{"audience": s.URL + "/api/v2/"})["access_token"].(string)
	now.Advance(24 * time.Hour)
	if status, _ := (&api{t: t, url: s.URL, token: token}).call("GET", "/userinfo", nil); status != 401 {
		t.Errorf("an expired JWT: %d", status)
	}
}

func TestTransactionsEnd(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	b := newBrowser(t, s)
	p := b.get(authorizeURL(s, nil))
	now.Advance(time.Hour)
	if p := b.submit(p, url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}}); p.status != 400 || p.location != "" {
		t.Errorf("%d to %q", p.status, p.location)
	}
	// A session that another sign-in made does not complete this one.
	p = b.get(authorizeURL(s, map[string]string{"prompt": "login"}))
	b.signIn(s, "ada@example.com", localtenant.SamplePassword, nil)
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(p.body)[1]
	if p := b.get(s.URL + "/authorize/resume?state=" + state); p.location != "" || p.status != 200 {
		t.Errorf("resumed by another's session: %d to %q", p.status, p.location)
	}
}

func link(t *testing.T, s *tenanttest.Server, kind string) string {
	t.Helper()
	for _, m := range slices.Backward(s.Tenant.Outbox()) {
		if m.Kind == kind {
			return m.Link
		}
	}
	t.Fatalf("no %s in %v", kind, s.Tenant.Outbox())
	return ""
}

func TestForgottenPassword(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	b := newBrowser(t, s)
	old := tokensOf(t, s, newBrowser(t, s), nil)
	p := b.get(authorizeURL(s, nil))
	p = b.get(s.URL + regexp.MustCompile(`href="(/u/reset-password/request[^"]+)"`).FindStringSubmatch(p.body)[1])
	unknown := b.submit(p, url.Values{"email": {"nobody@example.com"}})
	known := b.submit(p, url.Values{"email": {"ADA@example.com"}})
	if known.status != 200 || known.body != unknown.body {
		t.Errorf("%d and %d, or the pages differ", known.status, unknown.status)
	}
	if mail := s.Tenant.Outbox(); len(mail) != 1 || mail[0].To != "ada@example.com" {
		t.Fatalf("outbox %v", mail)
	}
	b = newBrowser(t, s) // the link works in any browser
	p = b.get(link(t, s, "reset_email"))
	for problem, fields := range map[string]url.Values{
		"That password will not do.":         {"password": {"short"}, "again": {"short"}},
		"The two passwords are not the same": {"password": {goodPassword}, "again": {goodPassword + "x"}},
	} {
		if got := b.submit(p, fields); got.status != 400 || !strings.Contains(got.body, problem) {
			t.Errorf("%s: %d %s", problem, got.status, got.body)
		}
	}
	fields := url.Values{"password": {goodPassword}, "again": {goodPassword}}
	if got := b.submit(p, fields); got.status != 200 || !strings.Contains(got.body, "Password changed") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := b.submit(p, fields); got.status != 400 || !strings.Contains(got.body, "used already") {
		t.Errorf("twice: %d", got.status)
	}
	if status, _ := refresh(t, s, old["refresh_token"]); status != 403 {
		t.Errorf("a refresh token of before: %d", status)
	}
	if q := newBrowser(t, s).signIn(s, "ada@example.com", goodPassword, nil); q.Get("code") == "" {
		t.Errorf("signing in: %v", q)
	}
	if u := newAPI(t, s).list("/api/v2/users-by-email?email=ada@example.com")[0]; u["last_password_reset"] != "2026-05-04T12:00:00.000Z" {
		t.Errorf("user %v", u)
	}
}

func TestChangePasswordEndpoint(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := &api{t: t, url: s.URL}
	in := map[string]any{"client_id": localtenant.ClientID, "email": "alan@example.com", "connection": localtenant.Connection}
	for _, email := range []string{"nobody@example.com", "alan@example.com"} {
		in["email"] = email
		if status, body := a.call("POST", "/dbconnections/change_password", in); status != 200 || body != "We've just sent you an email to reset your password." {
			t.Errorf("%d %v", status, body)
		}
	}
	for name, v := range map[string]any{"email": "", "connection": "github", "client_id": "nobody"} {
		bad := map[string]any{"client_id": localtenant.ClientID, "email": "alan@example.com", "connection": localtenant.Connection}
		bad[name] = v
		a.obj("POST", "/dbconnections/change_password", bad, 400)
	}
	if n := len(s.Tenant.Outbox()); n != 1 {
		t.Fatalf("%d mails", n)
	}
	now.Advance(5 * 24 * time.Hour)
	if p := newBrowser(t, s).get(link(t, s, "reset_email")); p.status != 400 {
		t.Errorf("after five days: %d", p.status)
	}
}

func TestEmailVerification(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	alan := "auth0|65e19a100000000000000003"
	verified := func() any { return a.obj("GET", "/api/v2/users/"+escape(alan), nil, 200)["email_verified"] }
	ticket := func(extra map[string]any) string {
		in := map[string]any{"user_id": alan}
		for k, v := range extra {
			in[k] = v
		}
		return a.obj("POST", "/api/v2/tickets/email-verification", in, 201)["ticket"].(string)
	}
	stale := ticket(nil)
	a.obj("PATCH", "/api/v2/users/"+escape(alan), map[string]any{"email": "turing@example.com"}, 200)
	if p := newBrowser(t, s).get(stale); p.status != 400 || verified() != false {
		t.Errorf("a link to a former address: %d", p.status)
	}
	good := ticket(nil)
	if p := newBrowser(t, s).get(good); p.status != 200 || verified() != true {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := newBrowser(t, s).get(good); p.status != 400 {
		t.Errorf("twice: %d", p.status)
	}
	p := newBrowser(t, s).get(ticket(map[string]any{"result_url": "https://app.example/done?x=1", "includeEmailInRedirect": true}))
	u := mustParse(t, p.location)
	if u.Host != "app.example" || u.Query().Get("success") != "true" || u.Query().Get("email") != "turing@example.com" || u.Query().Get("x") != "1" {
		t.Errorf("to %s", p.location)
	}
	reset := a.obj("POST", "/api/v2/tickets/password-change", map[string]any{"user_id": alan, "mark_email_as_verified": true}, 201)["ticket"].(string)
	if p := newBrowser(t, s).get(strings.Replace(reset, "reset-password", "email-verification", 1)); p.status != 400 {
		t.Errorf("a ticket of another kind: %d", p.status)
	}
}

func TestMFA(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	asked := map[string]string{"acr_values": acrMFA}
	secretOn := func(p page) string {
		t.Helper()
		m := regexp.MustCompile(`id="secret">([A-Z0-9]+)<`).FindStringSubmatch(p.body)
		if m == nil {
			t.Fatalf("no secret: %d %s", p.status, p.body)
		}
		return m[1]
	}
	code := func(secret string) url.Values {
		t.Helper()
		c, err := localtenant.TOTP(secret, now.Now())
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{"code": {c[:3] + " " + c[3:]}}
	}
	password := url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}}
	amr := func(p page) any {
		t.Helper()
		_, tokens := redeem(t, s, mustParse(t, p.location).Query().Get("code"), nil)
		return claimsOf(t, tokens["id_token"])["amr"]
	}

	b := newBrowser(t, s)
	if got := amr(b.submit(b.get(authorizeURL(s, nil)), password)); got != nil {
		t.Errorf("amr %v without a second factor", got)
	}
	p := b.get(authorizeURL(s, asked)) // signed in, but not well enough: straight to enrolling
	secret := secretOn(p)
	if shown := scanPage(t, p.body).Query().Get("secret"); shown != secret {
		t.Errorf("the QR code's secret is %q, the text's %q", shown, secret)
	}
	if silent := b.get(authorizeURL(s, map[string]string{"acr_values": acrMFA, "prompt": "none"})); mustParse(t, silent.location).Query().Get("error") != "interaction_required" {
		t.Errorf("silently: %q", silent.location)
	}
	if got := b.submit(p, url.Values{"code": {"000000"}}); got.status != 400 || secretOn(got) != secret {
		t.Errorf("a wrong first code: %d", got.status)
	}
	p = b.submit(p, code(secret))
	recovery := secretOn(p)
	p = b.get(s.URL + strings.ReplaceAll(regexp.MustCompile(`href="(/authorize/resume[^"]+)"`).FindStringSubmatch(p.body)[1], "&amp;", "&"))
	if got := amr(p); !cmp.Equal(got, []any{"mfa"}) {
		t.Errorf("amr %v", got)
	}
	if got := amr(b.get(authorizeURL(s, nil))); got != nil {
		t.Errorf("amr %v of a silent sign-in", got)
	}
	if p := b.get(authorizeURL(s, asked)); !strings.Contains(p.url, "/u/mfa-otp-challenge") {
		t.Errorf("asked for in the same session: %s %s", p.url, p.location)
	}

	b = newBrowser(t, s)
	p = b.submit(b.get(authorizeURL(s, asked)), password)
	if strings.Contains(p.body, secret) {
		t.Fatal("the secret is shown to a user who has only the password")
	}
	challenge := p
	if p := b.get(strings.Replace(p.url, "challenge", "enrollment", 1)); drawnCode.MatchString(p.body) {
		t.Error("who has a factor may enrol another without showing it")
	}
	state := regexp.MustCompile(`name="state" value="([^"]+)"`).FindStringSubmatch(challenge.body)[1]
	if p := b.get(s.URL + "/authorize/resume?state=" + state); p.location != "" {
		t.Error("resumed without the second factor")
	}
	if got := b.submit(challenge, code(secret)); got.status != 400 {
		t.Errorf("the code that was used to enrol: %d", got.status)
	}
	now.Advance(30 * time.Second)
	if p := b.submit(challenge, code(secret)); !cmp.Equal(amr(p), []any{"mfa"}) {
		t.Errorf("%d %s", p.status, p.body)
	}

	b = newBrowser(t, s)
	p = b.submit(b.get(authorizeURL(s, asked)), password)
	p = b.get(s.URL + regexp.MustCompile(`href="(/u/mfa-recovery-code-challenge[^"]+)"`).FindStringSubmatch(p.body)[1])
	if got := b.submit(p, url.Values{"code": {"GUESS"}}); got.status != 400 {
		t.Errorf("a wrong recovery code: %d", got.status)
	}
	if got := b.submit(p, url.Values{"code": {strings.ToLower(recovery)}}); got.status != 200 || secretOn(got) == recovery {
		t.Errorf("the recovery code: %d %s", got.status, got.body)
	}

	b = newBrowser(t, s)
	p = b.submit(b.get(authorizeURL(s, asked)), password)
	now.Advance(30 * time.Second)
	for range 10 {
		b.submit(p, url.Values{"code": {"000000"}})
	}
	if got := b.submit(p, code(secret)); got.status != 400 || !strings.Contains(got.body, "Too many wrong codes") {
		t.Errorf("after ten wrong codes: %d", got.status)
	}
	if p := newBrowser(t, s).get(s.URL + "/u/mfa-otp-challenge?state=" + state); p.status < 400 {
		t.Errorf("another browser: %d", p.status)
	}
}

func TestMFAPolicy(t *testing.T) {
	s := tenanttest.Start(t)
	configure(t, s, func(c *localtenant.Settings) { c.MFA = localtenant.MFAAlways })
	b := newBrowser(t, s)
	p := b.get(authorizeURL(s, nil))
	if p := b.get(strings.Replace(p.url, "/u/login", "/u/mfa-otp-enrollment", 1)); p.status != 400 {
		t.Errorf("enrolling before the password: %d", p.status)
	}
	p = b.submit(p, url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}})
	if !drawnCode.MatchString(p.body) {
		t.Errorf("always: %d %s", p.status, p.body)
	}
	configure(t, s, func(c *localtenant.Settings) { c.MFA = localtenant.MFANever })
	if q := newBrowser(t, s).signIn(s, "ada@example.com", localtenant.SamplePassword, map[string]string{"acr_values": acrMFA}); q.Get("code") == "" {
		t.Errorf("never: %v", q)
	}
}

func TestEnrolmentTicket(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	grace := "auth0|65e19a100000000000000002"
	ticket := a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": grace}, 200)["ticket_url"].(string)
	b := newBrowser(t, s)
	p := b.get(ticket)
	secret := regexp.MustCompile(`id="secret">([A-Z2-7]+)<`).FindStringSubmatch(p.body)[1]
	if got := b.submit(p, url.Values{"code": {"000000"}}); got.status != 400 {
		t.Errorf("a wrong code: %d", got.status)
	}
	c, _ := localtenant.TOTP(secret, now.Now())
	if got := b.submit(p, url.Values{"code": {c}}); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := b.submit(p, url.Values{"code": {c}}); got.status != 400 {
		t.Errorf("twice: %d", got.status)
	}
	methods := a.list("/api/v2/users/" + escape(grace) + "/authentication-methods")
	if len(methods) != 1 || methods[0]["type"] != "totp" || methods[0]["confirmed"] != true {
		t.Errorf("methods %v", methods)
	}
	a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": grace}, 400)
	a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": grace, "allow_multiple_enrollments": true}, 200)
	nowhere, err := s.Tenant.AddUser(localtenant.User{Connection: "sms", PhoneNumber: "+14155550199"})
	if err != nil {
		t.Fatal(err)
	}
	a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": nowhere, "send_mail": true}, 400)
	a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": nowhere}, 200)
}

func TestSocial(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	open := func(b *browser) page { return b.get(authorizeURL(s, map[string]string{"connection": "google-oauth2"})) }
	b := newBrowser(t, s)
	p := b.submit(open(b), url.Values{"answer": {"deny"}})
	if q := mustParse(t, p.location).Query(); q.Get("error") != "access_denied" || q.Get("state") != "st" {
		t.Errorf("denied: %q", p.location)
	}
	if p := b.submit(open(b), url.Values{"answer": {"allow"}, "email": {"x"}}); p.status != 400 {
		t.Errorf("a bad address: %d", p.status)
	}
	ids := map[any]bool{}
	for _, fields := range []url.Values{
		{"answer": {"allow"}, "email": {"mary@example.com"}, "name": {"Mary Shaw"}}, {"answer": {"allow"}, "email": {"Mary@Example.com"}},
	} {
		b := newBrowser(t, s)
		_, tokens := redeem(t, s, mustParse(t, b.submit(open(b), fields).location).Query().Get("code"), nil)
		c := claimsOf(t, tokens["id_token"])
		if !strings.HasPrefix(c["sub"].(string), "google-oauth2|") || c["email"] != fields.Get("email") || c["name"] != "Mary Shaw" {
			t.Errorf("claims %v", c)
		}
		ids[c["sub"]] = true
	}
	if u := a.list("/api/v2/users-by-email?email=Mary@Example.com"); len(ids) != 1 || len(u) != 1 || u[0]["logins_count"] != 2.0 ||
		u[0]["identities"].([]any)[0].(map[string]any)["isSocial"] != true {
		t.Errorf("%v %v", ids, u)
	}
	b = newBrowser(t, s)
	p = b.get(authorizeURL(s, nil))
	href := regexp.MustCompile(`href="(/u/social[^"]+connection=github)"`).FindStringSubmatch(p.body)
	if href == nil {
		t.Fatalf("no link to a social provider: %s", p.body)
	}
	p = b.get(s.URL + strings.ReplaceAll(href[1], "&amp;", "&"))
	p = b.submit(p, url.Values{"answer": {"allow"}, "email": {"linus@example.com"}})
	_, tokens := redeem(t, s, mustParse(t, p.location).Query().Get("code"), nil)
	if c := claimsOf(t, tokens["id_token"]); c["sub"] != "github|1024025" {
		t.Errorf("a sample user: %v", c)
	}
	if p := b.get(authorizeURL(s, map[string]string{"connection": "google-oauth2", "prompt": "login"})); p.status == 200 {
		if other := b.get(p.url + "&connection=github"); other.status != 400 {
			t.Errorf("a connection that was not asked for: %d", other.status)
		}
	}
	main := a.addUser("main@example.com")
	if status, body := a.call("POST", "/api/v2/users/"+escape(main)+"/identities", map[string]any{"provider": "github", "user_id": "1024025"}); status != 201 {
		t.Fatalf("link: %d %v", status, body)
	}
}
