package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

var costsOfMFA = []cost{
	{"getmfa", "", 1, ofUser("/mfa/", "")},
	{"getmfa", "of two pages", 2, func(t *testing.T, s *service) (string, string, []string) {
		id := s.addUser(localtenant.User{Email: "many@example.com"})
		s.addMethods(t, id, 100)
		return "/mfa/" + url.PathEscape(id), "", nil
	}},
	{"enrollmfa", "", 1, ofEnrolled("/mfa/%s/enrollments", `{"allow_multiple":true}`)},
	{"deletemfamethod", "", 1, func(t *testing.T, s *service) (string, string, []string) {
		id, method := s.enrolled(t)
		return "/mfa/" + url.PathEscape(id) + "/methods/" + url.PathEscape(method), "", nil
	}},
	{"resetmfa", "", 4, ofEnrolled("/mfa/%s", "")},
	{"createrecoverycode", "", 1, ofEnrolled("/mfa/%s/recovery-code", "")},
}

// ofEnrolled is a request about a fresh user who has an authenticator app.
func ofEnrolled(path, body string) func(*testing.T, *service) (string, string, []string) {
	return func(t *testing.T, s *service) (string, string, []string) {
		id, _ := s.enrolled(t)
		return fmt.Sprintf(path, url.PathEscape(id)), body, nil
	}
}

// enrolled adds a user with an authenticator app.
func (s *service) enrolled(t *testing.T) (id, method string) {
	t.Helper()
	id = s.addUser(localtenant.User{Email: fmt.Sprintf("m%d@example.com", s.serial.Add(1)), Password: localtenant.SamplePassword})
	return id, s.addMethod(t, id, `{"type":"totp","totp_secret":"JBSWY3DPEHPK3PXP"}`)
}

// addMethod gives a user another method, and returns its id.
func (s *service) addMethod(t *testing.T, id, method string) string {
	t.Helper()
	return s.manage(t, "POST", "/users/"+url.PathEscape(id)+"/authentication-methods", method).(map[string]any)["id"].(string)
}

// addMethods gives a user so many methods, in place of those before.
func (s *service) addMethods(t *testing.T, id string, n int) {
	t.Helper()
	methods := make([]string, n)
	for i := range methods {
		methods[i] = fmt.Sprintf(`{"type":"email","email":"m%d@example.com"}`, i)
	}
	s.manage(t, "PUT", "/users/"+url.PathEscape(id)+"/authentication-methods", "["+strings.Join(methods, ",")+"]")
}

func (s *service) methods(t *testing.T, id string) []map[string]any {
	t.Helper()
	got := s.as(t, "GET", "/mfa/"+url.PathEscape(id), "")
	wantAnswer(t, got, 200, "")
	var told struct {
		Methods []map[string]any `json:"methods"`
	}
	if err := json.Unmarshal(got.body, &told); err != nil {
		t.Fatal(err)
	}
	return told.Methods
}

func TestMethodsAreListed(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		id, app := s.enrolled(t)
		s.addMethod(t, id, `{"type":"phone","phone_number":"+14155550123","name":"mine"}`)
		s.addMethod(t, id, `{"type":"phone","phone_number":"+14155550124","preferred_authentication_method":"voice"}`)
		s.addMethod(t, id, `{"type":"email","email":"somewhere@example.com"}`)
		s.addMethod(t, id, `{"type":"webauthn-roaming","key_id":"a2V5","public_key":"cHVibGlj"}`)
		list := s.methods(t, id)
		var types []string
		for _, m := range list {
			types = append(types, m["type"].(string))
			if m["confirmed"] != true || m["created_at"] == nil {
				t.Errorf("%v", m)
			}
		}
		if strings.Join(types, " ") != "totp email webauthn-roaming sms voice" || list[0]["id"] != app {
			t.Errorf("listed %v", list)
		}
		text := string(s.call("GET", "/mfa/"+url.PathEscape(id), "").body)
		for _, secret := range []string{"JBSWY3DPEHPK3PXP", "+1415", "5550123", "somewhere@", "cHVibGlj"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", text, secret)
			}
		}
		if list[3]["phone_number"] != "XXXXXXXX0123" || list[3]["name"] != "mine" {
			t.Errorf("the phone is %v", list[3])
		}
	})
}

func TestMethodsAreListedToTheLast(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		id := s.addUser(localtenant.User{Email: "many@example.com"})
		for _, n := range []int{0, 1, 99, 100, 101, 1000, 1001} {
			s.addMethods(t, id, n)
			seen := map[any]bool{}
			for _, m := range s.methods(t, id) {
				seen[m["id"]] = true
			}
			if len(seen) != min(n, 1000) {
				t.Errorf("%d of %d methods", len(seen), n)
			}
		}
	})
}

func TestMFAOfNobody(t *testing.T) {
	tests := map[string]struct{ method, path, body string }{
		"list":     {"GET", "", ""},
		"enrol":    {"POST", "/enrollments", "{}"},
		"mail":     {"POST", "/enrollments", `{"delivery":"email"}`},
		"remove":   {"DELETE", "/methods/totp%7Cdev_1", ""},
		"reset":    {"DELETE", "", ""},
		"recovery": {"POST", "/recovery-code", ""},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			for _, id := range []string{"auth0%7Cnobody", "auth0%7C%25", "auth0%7C%C3%A9%20%3F%23"} {
				got := s.as(t, tt.method, "/mfa/"+id+tt.path, tt.body)
				if got.status != 404 || got.code(t) != "user-not-found" {
					t.Errorf("%s of %s: %d %s", name, id, got.status, got.body)
				}
			}
			for _, id := range []string{"%2E%2E", ".%2E", strings.Repeat("a", 401), "a%00b"} {
				if got := s.as(t, tt.method, "/mfa/"+id+tt.path, tt.body); got.status != 400 {
					t.Errorf("%s of %s: %d %s", name, id, got.status, got.body)
				}
			}
		}
		wantAnswer(t, s.as(t, "DELETE", "/mfa/"+adasID+"/methods/%2E%2E", ""), 400, "invalid-request")
	})
}

func TestEnrol(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		began := time.Now()
		got := s.call("POST", "/mfa/"+adasID+"/enrollments", `{"factor":"totp"}`)
		s.want(got, 201, "")
		link := got.json(t)["url"].(string)
		expires := must(time.Parse(time.RFC3339, got.json(t)["expires_at"].(string)))
		wantEnd(t, expires, began, 5*24*time.Hour)
		if len(s.tenant.Tenant.Outbox()) != 0 {
			t.Error("it was mailed as well")
		}
		b := newBrowser(t, s)
		resp, err := b.web.Get(link)
		shown, _ := b.open(t, resp, err)
		if shown, _ = b.enrol(t, shown); !strings.Contains(shown.body, "Keep this recovery code") {
			t.Fatalf("enrolled: %s", shown.body)
		}
		recovery := shownSecret.FindStringSubmatch(shown.body)[1]
		if list := s.methods(t, "auth0|65e19a100000000000000001"); len(list) != 1 || list[0]["type"] != "totp" || list[0]["confirmed"] != true {
			t.Errorf("listed %v", list)
		}
		if mfa, _ := authentication(t, b.get(t, b.signInThrough(t, b.begin(t, "?mfa=required"), "ada@example.com"))); !mfa {
			t.Error("signed in without it")
		}
		if list := s.methods(t, "auth0|65e19a100000000000000001"); list[0]["last_used_at"] == nil {
			t.Errorf("after a sign-in: %v", list)
		}

		s.want(s.call("POST", "/mfa/"+adasID+"/enrollments", `{}`), 409, "mfa-already-enrolled")
		another := s.call("POST", "/mfa/"+adasID+"/enrollments", `{"allow_multiple":true,"delivery":"link","factor":"webauthn-roaming"}`)
		s.want(another, 201, "")

		made := s.call("POST", "/mfa/"+adasID+"/recovery-code", "")
		s.want(made, 201, "")
		code := made.json(t)["recovery_code"].(string)
		if code == "" || code == recovery {
			t.Errorf("the new code is %q", code)
		}
		for _, secret := range []string{b.secret, recovery, code, "ticket="} {
			if strings.Contains(s.log.String(), secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	})
}

func TestEnrolmentIsMailed(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		got := s.call("POST", "/mfa/"+adasID+"/enrollments", `{"delivery":"email"}`)
		s.want(got, 202, "")
		if text := strings.TrimSpace(string(got.body)); text != `{"delivery":"email"}` {
			t.Errorf("answered %s", text)
		}
		mails := s.tenant.Tenant.Outbox()
		if len(mails) != 1 || mails[0].To != "ada@example.com" || !strings.Contains(mails[0].Link, "ticket=") {
			t.Errorf("mailed %v", mails)
		}
		phone := s.addUser(localtenant.User{Connection: "sms", PhoneNumber: "+14155550199"})
		s.want(s.call("POST", "/mfa/"+url.PathEscape(phone)+"/enrollments", `{"delivery":"email"}`), 400, "invalid-request")
	})
}

func TestEnrolRefuses(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for body, fields := range map[string][]string{
			`{"delivery":"fax"}`:                {"delivery"},
			`{"delivery":""}`:                   {"delivery"},
			`{"factor":"email"}`:                {"factor"},
			`{"factor":"otp"}`:                  {"factor"},
			`{"factor":"","delivery":"pigeon"}`: {"factor", "delivery"},
			`{"allow_multiple":"yes"}`:          {"allow_multiple"},
			`{"email":"elsewhere@example.com"}`: {"email"},
			`{"user_id":"auth0|somebody"}`:      {"user_id"},
			`{"send_mail":true}`:                {"send_mail"},
			`{"delivery":["link"]}`:             {"delivery"},
			`{"delivery":null,"factor":null}`:   {"delivery", "factor"},
		} {
			got := s.as(t, "POST", "/mfa/"+adasID+"/enrollments", body)
			wantAnswer(t, got, 400, "invalid-request")
			for _, field := range fields {
				if !strings.Contains(string(got.body), `"field":"`+field+`"`) {
					t.Errorf("%s: %s does not name %s", body, got.body, field)
				}
			}
		}
	})
}

// The provider is told the factor in its own words.
func TestEnrolmentOfEachFactor(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for _, factor := range []string{"totp", "phone", "push", "webauthn-roaming", "webauthn-platform"} {
			s.want(s.call("POST", "/mfa/"+adasID+"/enrollments", `{"factor":"`+factor+`"}`), 201, "")
		}
	})
}

func TestMethodIsRemoved(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		id, app := s.enrolled(t)
		other, theirs := s.enrolled(t)
		key := s.addMethod(t, id, `{"type":"webauthn-roaming","key_id":"a2V5","public_key":"cHVibGlj"}`)
		remove := func(id, method string) answer {
			return s.call("DELETE", "/mfa/"+url.PathEscape(id)+"/methods/"+url.PathEscape(method), "")
		}
		for _, method := range []string{theirs, "totp|nothing", app + "?", app + "#", "%"} {
			s.want(remove(id, method), 404, "mfa-method-not-found")
		}
		s.want(remove(id, app), 204, "")
		s.want(remove(id, app), 404, "mfa-method-not-found")
		if list := s.methods(t, id); len(list) != 1 || list[0]["id"] != key {
			t.Errorf("left %v", list)
		}
		if list := s.methods(t, other); len(list) != 1 {
			t.Errorf("another user's are %v", list)
		}
	})
}

func TestRecoveryCodeNeedsAFactor(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.want(s.call("POST", "/mfa/"+adasID+"/recovery-code", ""), 422, "mfa-not-enrolled")
	})
}
