package api

import (
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

// linkedAccount is what GET /identities shows of the second identity.
func (s *service) linkedAccount(t *testing.T, id string) map[string]any {
	t.Helper()
	list := s.as(t, "GET", "/identities/"+url.PathEscape(id), "").json(t)["identities"].([]any)
	profile, _ := list[1].(map[string]any)["profile"].(map[string]any)
	return profile
}

// signsIn wants the address and the password to sign in as the user.
func (s *service) signsIn(t *testing.T, email, password, id string) {
	t.Helper()
	b := newBrowser(t, s)
	got := b.get(t, b.signIn(t, b.begin(t, ""), email, password))
	wantAnswer(t, got, 200, "")
	if account := got.json(t)["account"].(map[string]any); account["id"] != id {
		t.Errorf("it signs in %v", account)
	}
}

// What a linked database account has for itself is changed there, after the user's own account was
// refused, and costs what the contract says.
func TestUpdateOfALinkedAccount(t *testing.T) {
	tests := map[string]struct {
		body   string
		status int
		code   string
		calls  int
		told   string         // a part of the answer
		linked map[string]any // what the linked account has then
	}{
		"a password":                 {`{"password":"N3w-Passw0rd!"}`, 200, "", 3, "", nil},
		"and signed out":             {`{"password":"N3w-Passw0rd!","revoke_sessions":true}`, 200, "", 4, `"sessions_ended":true`, nil},
		"a username":                 {`{"username":"linky"}`, 200, "", 3, "", map[string]any{"username": "linky"}},
		"a phone number":             {`{"phone_number":"+14155550177"}`, 200, "", 3, "", map[string]any{"phone_number": "+14155550177"}},
		"whose address it is":        {`{"email_verified":true}`, 200, "", 3, "", map[string]any{"email_verified": true}},
		"all of them":                {`{"password":"N3w-Passw0rd!","username":"linky","phone_number":"+14155550177","email_verified":true}`, 200, "", 9, "", map[string]any{"username": "linky", "phone_number": "+14155550177", "email_verified": true}},
		"a weak password":            {`{"password":"weak"}`, 422, "password-too-weak", 5, "at least 8 characters", nil},
		"with what cannot be":        {`{"password":"N3w-Passw0rd!","name":"N"}`, 400, "invalid-request", 3, `"errors":[{"field":"name",`, nil},
		"an address, which is first": {`{"email":"x@example.com"}`, 400, "invalid-request", 1, `"field":"email"`, nil},
		"an address and more":        {`{"email":"x@example.com","email_verified":true}`, 400, "invalid-request", 1, `"field":"email"`, nil},
		"a name":                     {`{"name":"N"}`, 400, "invalid-request", 1, `"field":"name"`, nil},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				id := s.withLinkedPassword(t)
				before := s.as(t, "GET", "/users/"+url.PathEscape(id), "").json(t)
				email := s.linkedAccount(t, id)["email"].(string)
				s.tenant.Tenant.ResetStats()
				got := s.as(t, "PATCH", "/users/"+url.PathEscape(id), tt.body)
				if calls := s.tenant.Tenant.Stats().Requests; calls != tt.calls {
					t.Errorf("%d provider calls, want %d", calls, tt.calls)
				}
				wantAnswer(t, got, tt.status, tt.code)
				if !strings.Contains(string(got.body), tt.told) {
					t.Errorf("%s does not tell %s", got.body, tt.told)
				}
				profile := s.linkedAccount(t, id)
				for member, want := range tt.linked {
					if profile[member] != want {
						t.Errorf("%s is %v, want %v", member, profile[member], want)
					}
				}
				password := "Old-Passw0rd"
				if tt.status == 200 && strings.Contains(tt.body, "password") {
					password = "N3w-Passw0rd!"
				}
				s.signsIn(t, email, password, id)
				after := s.as(t, "GET", "/users/"+url.PathEscape(id), "").json(t)
				for _, member := range []string{"email", "email_verified", "username", "phone_number", "name"} {
					if before[member] != after[member] {
						t.Errorf("the user's own %s was %v and is %v", member, before[member], after[member])
					}
				}
				s.as(t, "DELETE", "/users/"+url.PathEscape(id), "") // and the names are free
			})
		}
	})
}

// A user of a passwordless connection has its own number and name: what can be changed
// there is, and the rest at the linked account.
func TestUpdateOfALinkedAccountBesideAPhone(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		phone := s.addUser(localtenant.User{Connection: "sms", PhoneNumber: "+14155550166"})
		local := s.addUser(localtenant.User{Email: "beside@example.com", Password: "Old-Passw0rd"})
		s.manage(t, "POST", "/users/"+url.PathEscape(phone)+"/identities", `{"provider":"auth0","user_id":"`+local+`"}`)
		path := "/users/" + url.PathEscape(phone)

		weak := s.call("PATCH", path, `{"password":"weak","name":"N"}`)
		s.want(weak, 422, "partly-updated")
		for _, told := range []string{`{"field":"name","detail":"was changed"}`, `{"field":"password","detail":"was not changed"}`} {
			if !strings.Contains(string(weak.body), told) {
				t.Errorf("%s does not tell %s", weak.body, told)
			}
		}
		changed := s.call("PATCH", path, `{"password":"N3w-Passw0rd!","phone_number":"+14155550155","name":"M"}`)
		s.want(changed, 200, "")
		if got := changed.json(t); got["phone_number"] != "+14155550155" || got["name"] != "M" {
			t.Errorf("%s", changed.body)
		}
		if got := s.linkedAccount(t, phone); got["phone_number"] != nil {
			t.Errorf("the linked account has %v", got)
		}
		s.signsIn(t, "beside@example.com", "N3w-Passw0rd!", phone)
	})
}

// Where nothing is linked, or the first account has the password, the refusal stands.
func TestUpdateThatIsRefusedWithoutALinkedAccount(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		id := s.addUser(localtenant.User{Connection: "github", UserID: "777", Email: "alone@example.com"})
		s.as(t, "GET", "/users/"+url.PathEscape(id), "")
		s.tenant.Tenant.ResetStats()
		wantFault(t, s.call("PATCH", "/users/"+url.PathEscape(id), `{"password":"N3w-Passw0rd!"}`), "password")
		if calls := s.tenant.Tenant.Stats().Requests; calls != 2 {
			t.Errorf("%d provider calls, want 2", calls)
		}
		first := s.addUser(localtenant.User{Email: "first@example.com", Password: "Old-Passw0rd"})
		refusal := `{"statusCode":400,"error":"Bad Request","message":"x","errorCode":"invalid_body"}`
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "PATCH /api/v2/users/{id}", Status: 400, Body: refusal})
		s.tenant.Tenant.ResetStats()
		s.want(s.call("PATCH", "/users/"+url.PathEscape(first), `{"username":"f"}`), 400, "invalid-request")
		if calls := s.tenant.Tenant.Stats().Requests; calls != 2 {
			t.Errorf("%d provider calls, want 2", calls)
		}
	})
}
