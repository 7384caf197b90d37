package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

var costsOfBlocks = []cost{
	{"blockuser", "", 2, ofUser("/blocks/", "")},
	{"unblockuser", "", 1, ofUser("/blocks/", "")},
	{"getloginblocks", "", 1, ofUser("/login-blocks/", "")},
	{"deleteloginblocks", "", 1, ofUser("/login-blocks/", "")},
}

const adasID = "auth0%7C65e19a100000000000000001"

func TestBlock(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		wantAnswer(t, b.get(t, b.signedIn(t, "")), 200, "")
		wantAnswer(t, b.quietly(t), 200, "")

		for range 2 { // a repeat changes nothing
			got := s.call("PUT", "/blocks/"+adasID, "")
			s.want(got, 200, "")
			if want := `{"user_id":"auth0|65e19a100000000000000001","blocked":true,"sessions_ended":true}`; strings.TrimSpace(string(got.body)) != want {
				t.Errorf("%s, want %s", got.body, want)
			}
		}
		if user := s.call("GET", "/users/"+adasID, "").json(t); user["blocked"] != true {
			t.Errorf("the user is %v", user)
		}
		wantAnswer(t, b.quietly(t), 401, "login-required")
		wantAnswer(t, b.get(t, b.signedIn(t, "")), 403, "access-denied")

		for range 2 {
			s.want(s.call("DELETE", "/blocks/"+adasID, ""), 204, "")
		}
		if user := s.call("GET", "/users/"+adasID, "").json(t); user["blocked"] != false {
			t.Errorf("the user is %v", user)
		}
		wantAnswer(t, newBrowser(t, s).signedInAsAda(t), 200, "")
	})
}

// signedInAsAda is a whole sign-in, with its callback.
func (b *browser) signedInAsAda(t *testing.T) answer {
	t.Helper()
	return b.get(t, b.signedIn(t, ""))
}

// quietly signs in by the session that the browser has, if it has one.
func (b *browser) quietly(t *testing.T) answer {
	t.Helper()
	return b.get(t, b.untilCallback(t, must(b.web.Get(b.begin(t, "?prompt=none")))))
}

func TestBlockOnAPlanWithoutSessions(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.withoutSessions(t)
		got := s.call("PUT", "/blocks/"+adasID, "")
		s.want(got, 200, "")
		if answer := got.json(t); answer["blocked"] != true || answer["sessions_ended"] != false {
			t.Errorf("%s", got.body)
		}
		if user := s.call("GET", "/users/"+adasID, "").json(t); user["blocked"] != true {
			t.Errorf("the user is %v", user)
		}
	})
}

// withoutSessions puts the tenant on a plan that cannot end sessions.
func (s *service) withoutSessions(t *testing.T) {
	t.Helper()
	s.configure(t, func(c *localtenant.Settings) { c.NoSessions = true })
}

func TestBlockThatIsDoneInPart(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/users/{id}/revoke-access", Times: 1, Status: 500})
		got := s.call("PUT", "/blocks/"+adasID, "")
		s.want(got, 502, "partly-updated")
		for _, want := range []string{`{"field":"blocked","detail":"was set"}`, `{"field":"sessions","detail":"may not have ended"}`} {
			if !strings.Contains(string(got.body), want) {
				t.Errorf("%s lacks %s", got.body, want)
			}
		}
		if user := s.call("GET", "/users/"+adasID, "").json(t); user["blocked"] != true {
			t.Errorf("the user is %v", user)
		}
		got = s.call("PUT", "/blocks/"+adasID, "")
		s.want(got, 200, "")
		if got.json(t)["sessions_ended"] != true {
			t.Errorf("the repeat: %s", got.body)
		}
		lines := auditLines(t, s.log.String())
		if len(lines) != 2 || lines[0]["outcome"] != "partly" || lines[1]["outcome"] != "done" || lines[1]["change"] != "user.block" {
			t.Errorf("audit lines %v", lines)
		}
	})
}

// Whose sessions cannot be ended because there is no such user is not blocked
// either: the block comes first, and fails.
func TestBlocksOfNobody(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for _, op := range []struct{ method, path string }{
			{"PUT", "/blocks/"}, {"DELETE", "/blocks/"}, {"GET", "/login-blocks/"}, {"DELETE", "/login-blocks/"},
		} {
			s.tenant.Tenant.ResetStats()
			wantAnswer(t, s.call(op.method, op.path+"auth0%7Cnobody", ""), 404, "user-not-found")
			if routes := s.tenant.Tenant.Stats().Routes; routes["POST /api/v2/users/{id}/revoke-access"] != 0 {
				t.Errorf("%s %s: %v", op.method, op.path, routes)
			}
			wantAnswer(t, s.call(op.method, op.path+"%2E%2E", ""), 400, "invalid-request")
		}
	})
}

func TestBlocksOfOddIDs(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for _, name := range strangeIDs {
			if s.way.name == "samlocal" && strings.Contains(name, "/") {
				continue // sam local itself refuses those
			}
			id := url.PathEscape(s.addUser(localtenant.User{UserID: name}))
			s.want(s.call("PUT", "/blocks/"+id, ""), 200, "")
			s.want(s.call("GET", "/login-blocks/"+id, ""), 200, "")
			s.want(s.call("DELETE", "/login-blocks/"+id, ""), 204, "")
			s.want(s.call("DELETE", "/blocks/"+id, ""), 204, "")
		}
	})
}

func TestLoginBlocks(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		path := "/login-blocks/" + adasID
		wantBody(t, s.call("GET", path, ""), `{"blocked_for":[]}`)
		const blocked = `{"blocked_for":[{"identifier":"ada@example.com","ip":"127.0.0.1","connection":"Username-Password-Authentication"}]}`

		lockOut(t, s, "ada@example.com")
		wantBody(t, s.call("GET", path, ""), blocked)
		if page := tryPassword(t, s, "ada@example.com", localtenant.SamplePassword); page.StatusCode != http.StatusBadRequest {
			t.Errorf("the right password gives %d", page.StatusCode)
		}
		for range 2 { // a repeat changes nothing
			s.want(s.call("DELETE", path, ""), 204, "")
		}
		wantBody(t, s.call("GET", path, ""), `{"blocked_for":[]}`)
		wantAnswer(t, newBrowser(t, s).signedInAsAda(t), 200, "")

		lockOut(t, s, "ada@example.com")
		wantBody(t, s.call("GET", path, ""), blocked)
		s.resetPassword(t, "ada@example.com", "N3w-Passw0rd")
		wantBody(t, s.call("GET", path, ""), `{"blocked_for":[]}`)
		if strings.Contains(s.log.String(), "ada@example.com") {
			t.Error("an address is in the log")
		}
	})
}

// An administrator's block and login blocks know nothing of each other.
func TestTheTwoKindsOfBlocks(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		lockOut(t, s, "ada@example.com")
		s.want(s.call("PUT", "/blocks/"+adasID, ""), 200, "")
		s.want(s.call("DELETE", "/login-blocks/"+adasID, ""), 204, "")
		if user := s.call("GET", "/users/"+adasID, "").json(t); user["blocked"] != true {
			t.Errorf("the user is %v", user)
		}
		lockOut(t, s, "ada@example.com")
		s.want(s.call("DELETE", "/blocks/"+adasID, ""), 204, "")
		if got := s.call("GET", "/login-blocks/"+adasID, "").json(t); len(got["blocked_for"].([]any)) != 1 {
			t.Errorf("login blocks %v", got)
		}
	})
}

func wantBody(t *testing.T, got answer, want string) {
	t.Helper()
	wantAnswer(t, got, 200, "")
	if strings.TrimSpace(string(got.body)) != want {
		t.Errorf("%s, want %s", got.body, want)
	}
}

// lockOut tries wrong passwords until the tenant has had enough.
func lockOut(t *testing.T, s *service, email string) {
	t.Helper()
	for range 10 {
		tryPassword(t, s, email, "Wr0ng-Passw0rd")
	}
}

func tryPassword(t *testing.T, s *service, email, password string) *http.Response {
	t.Helper()
	b := newBrowser(t, s)
	state := stateField.FindStringSubmatch(b.follow(t, must(b.web.Get(b.begin(t, "")))))
	if state == nil {
		t.Fatal("no login form on the page")
	}
	resp := must(b.web.PostForm(s.tenant.URL+"/u/login", url.Values{"state": state[1:], "username": {email}, "password": {password}}))
	resp.Body.Close()
	return resp
}

// resetPassword has the tenant mail a link, and follows it.
func (s *service) resetPassword(t *testing.T, email, password string) {
	t.Helper()
	resp := must(http.PostForm(s.tenant.URL+"/dbconnections/change_password", url.Values{"email": {email}, "connection": {localtenant.Connection}}))
	resp.Body.Close()
	mail := s.tenant.Tenant.Outbox()
	if len(mail) == 0 {
		t.Fatal("no mail")
	}
	setPassword(t, mail[len(mail)-1].Link, password)
}

// setPassword does what a user does who has followed a password link.
func setPassword(t *testing.T, link, password string) *http.Response {
	t.Helper()
	u := must(url.Parse(link))
	ticket := u.Query().Get("ticket")
	u.RawQuery, u.Fragment = "", ""
	web := &http.Client{CheckRedirect: stay}
	resp := must(web.PostForm(u.String(), url.Values{"ticket": {ticket}, "password": {password}, "again": {password}}))
	resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		t.Fatalf("setting the password: %s", resp.Status)
	}
	return resp
}
