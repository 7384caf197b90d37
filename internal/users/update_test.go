package users_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/problem"
	"usher/internal/users"
)

const patchType = "application/merge-patch+json"

func TestUpdate(t *testing.T) {
	set := func(names ...string) map[string]bool {
		members := map[string]bool{}
		for _, name := range names {
			members[name] = true
		}
		return members
	}
	tests := map[string]struct {
		contentType, body string
		want              users.Patch
	}{
		"everything": {
			patchType,
			`{"email":"a@b.example","password":"secret","phone_number":"+14155550123","username":"ada","name":"Ada","given_name":"A",` +
				`"family_name":"L","nickname":"al","picture":"https://example.com/a.png","email_verified":false,"verify_email":true}`,
			users.Patch{
				Members: set("email", "password", "phone_number", "username", "name", "given_name", "family_name", "nickname", "picture", "email_verified", "verify_email"),
				Profile: users.Profile{Email: ptr("a@b.example"), Password: ptr("secret"), PhoneNumber: ptr("+14155550123"), Username: ptr("ada"), Name: ptr("Ada"), GivenName: ptr("A"),
					FamilyName: ptr("L"), Nickname: ptr("al"), Picture: ptr("https://example.com/a.png"), EmailVerified: ptr(false), VerifyEmail: ptr(true)},
			},
		},
		"null removes members": {
			patchType,
			`{"email":null,"phone_number":null,"username":null,"name":null,"given_name":null,"family_name":null,"nickname":null,"picture":null}`,
			users.Patch{Members: set("email", "phone_number", "username", "name", "given_name", "family_name", "nickname", "picture")},
		},
		"and revoke sessions": {
			patchType, `{"password":"secret","revoke_sessions":true}`,
			users.Patch{Members: set("password"), Profile: users.Profile{Password: ptr("secret")}, RevokeSessions: true},
		},
		"only revoke sessions":  {patchType, `{"revoke_sessions":true}`, users.Patch{Members: set(), RevokeSessions: true}},
		"revoke_sessions false": {patchType, `{"name":"Ada","revoke_sessions":false}`, users.Patch{Members: set("name"), Profile: users.Profile{Name: ptr("Ada")}}},
		"no mail for a name":    {patchType, `{"name":"Ada","verify_email":false}`, users.Patch{Members: set("name"), Profile: users.Profile{Name: ptr("Ada")}}},
		"no mail, explicitly":   {patchType, `{"email_verified":false,"verify_email":false}`, users.Patch{Members: set("email_verified", "verify_email"), Profile: users.Profile{EmailVerified: ptr(false), VerifyEmail: ptr(false)}}},
		"plain JSON":            {jsonType, `{"name":"Ada"}`, users.Patch{Members: set("name"), Profile: users.Profile{Name: ptr("Ada")}}},
		"a verification mail":   {patchType, `{"email_verified":false,"verify_email":true}`, users.Patch{Members: set("email_verified", "verify_email"), Profile: users.Profile{EmailVerified: ptr(false), VerifyEmail: ptr(true)}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{user: users.User{ID: "u|1"}}
			w := do(t, users.Update(dir), http.MethodPatch, "/users/u%7C1", tt.contentType, tt.body)
			if w.Code != http.StatusOK {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff(tt.want, dir.patch); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"update u|1"}, dir.calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdateWithNothing(t *testing.T) {
	for _, body := range []string{`{}`, `{"revoke_sessions":false}`, `{"verify_email":false}`, `{"verify_email":false,"revoke_sessions":false}`} {
		dir := &directory{user: users.User{ID: "u"}}
		w := do(t, users.Update(dir), http.MethodPatch, "/users/u", patchType, body)
		if diff := cmp.Diff([]string{"get u"}, dir.calls); diff != "" || w.Code != http.StatusOK {
			t.Errorf("%s: got %d, and provider calls:\n%s", body, w.Code, diff)
		}
	}
}

// The response has sessions_ended only on request. Its ETag is the user's in any case.
func TestUpdateReportsSessions(t *testing.T) {
	tests := map[string]struct {
		ended *bool
		holds string
	}{
		"not requested":   {nil, ""},
		"ended":           {ptr(true), `"sessions_ended":true`},
		"not in the plan": {ptr(false), `"sessions_ended":false`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{user: users.User{ID: "u"}, ended: tt.ended}
			w := do(t, users.Update(dir), http.MethodPatch, "/users/u", patchType, `{"name":"A"}`)
			if body := w.Body.String(); !strings.Contains(body, tt.holds) || tt.holds == "" && strings.Contains(body, "sessions_ended") {
				t.Error(body)
			}
			if got := do(t, users.Get(dir), http.MethodGet, "/users/u", "", ""); got.Header().Get("ETag") != w.Header().Get("ETag") {
				t.Errorf("ETag %s, and of the user %s", w.Header().Get("ETag"), got.Header().Get("ETag"))
			}
		})
	}
}

func TestUpdateIfMatch(t *testing.T) {
	dir := &directory{user: users.User{ID: "u", Name: "Ada"}}
	tag := do(t, users.Get(dir), http.MethodGet, "/users/u", "", "").Header().Get("ETag")
	read, written := []string{"get u"}, []string{"get u", "update u"}
	tests := map[string]struct {
		match, body string
		want        string
		calls       []string
	}{
		"the same ETag":                     {tag, `{"name":"A"}`, "OK", written},
		"a wildcard":                        {"*", `{"name":"A"}`, "OK", written},
		"one of several":                    {`"x", ` + tag, `{"name":"A"}`, "OK", written},
		"a different ETag":                  {`"x"`, `{"name":"A"}`, "precondition-failed", read},
		"a weak ETag":                       {"W/" + tag, `{"name":"A"}`, "precondition-failed", read},
		"a different ETag, empty patch":     {`"x"`, `{}`, "precondition-failed", read},
		"the same ETag, empty patch":        {tag, `{}`, "OK", read},
		"a different ETag, no mail":         {`"x"`, `{"verify_email":false}`, "precondition-failed", read},
		"the same ETag, no mail":            {tag, `{"verify_email":false}`, "OK", read},
		"a different ETag, revoke sessions": {`"x"`, `{"revoke_sessions":true}`, "precondition-failed", read},
		"the same ETag, revoke sessions":    {tag, `{"revoke_sessions":true}`, "OK", written},
		"not an ETag":                       {"x", `{"name":"A"}`, "invalid-request", nil},
		"empty":                             {"", `{"name":"A"}`, "invalid-request", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir.calls = nil
			r := httptest.NewRequest(http.MethodPatch, "/users/u", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", patchType)
			r.Header["If-Match"] = []string{tt.match}
			w := httptest.NewRecorder()
			apitest.Unlimited.Handler(users.Update(dir)).ServeHTTP(w, r)
			if got, _, _ := strings.Cut(outcome(t, w), " |"); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if diff := cmp.Diff(tt.calls, dir.calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdateRefuses(t *testing.T) {
	tests := map[string]struct{ target, contentType, body, want string }{
		"a query":                         {"/users/u?x=1", patchType, `{}`, "invalid-request | x: unknown parameter"},
		"not an ID":                       {"/users/%2e", patchType, `{}`, "invalid-request | path: no segment may be empty, ., .. or /"},
		"a form":                          {"/users/u", "text/plain", `{}`, "unsupported-media-type | Send Content-Type: application/merge-patch+json or application/json."},
		"broken JSON":                     {"/users/u", patchType, `[]`, "invalid-json | The body must be a JSON object."},
		"a connection":                    {"/users/u", patchType, `{"connection":"x"}`, "invalid-request | connection: unknown field"},
		"metadata":                        {"/users/u", patchType, `{"metadata":{}}`, "invalid-request | metadata: unknown field"},
		"app_metadata":                    {"/users/u", patchType, `{"app_metadata":{}}`, "invalid-request | app_metadata: unknown field"},
		"blocked":                         {"/users/u", patchType, `{"blocked":true}`, "invalid-request | blocked: unknown field"},
		"a bad value":                     {"/users/u", patchType, `{"email":"x"}`, "invalid-request | email: must be one email address without a display name"},
		"password removed":                {"/users/u", patchType, `{"password":null}`, "invalid-request | password: cannot be removed"},
		"email_verified removed":          {"/users/u", patchType, `{"email_verified":null}`, "invalid-request | email_verified: cannot be removed"},
		"verify_email removed":            {"/users/u", patchType, `{"email":"a@b.example","verify_email":null}`, "invalid-request | verify_email: cannot be removed"},
		"revoke_sessions removed":         {"/users/u", patchType, `{"revoke_sessions":null}`, "invalid-request | revoke_sessions: cannot be removed"},
		"revoke_sessions as a number":     {"/users/u", patchType, `{"revoke_sessions":1}`, "invalid-request | revoke_sessions: must be true or false, not number"},
		"only verify_email, removed":      {"/users/u", patchType, `{"verify_email":null}`, "invalid-request | verify_email: cannot be removed"},
		"only verify_email":               {"/users/u", patchType, `{"verify_email":true}`, "invalid-request | verify_email: requires email or email_verified"},
		"verify_email without an address": {"/users/u", patchType, `{"name":"x","verify_email":true}`, "invalid-request | verify_email: requires email or email_verified"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			w := do(t, users.Update(dir), http.MethodPatch, tt.target, tt.contentType, tt.body)
			if diff := cmp.Diff(tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if len(dir.calls) > 0 {
				t.Errorf("unexpected provider calls: %v", dir.calls)
			}
		})
	}
}

func TestUpdateReturnsProviderErrors(t *testing.T) {
	dir := &directory{err: problem.PasswordTooWeak.New("Too weak.")}
	w := do(t, users.Update(dir), http.MethodPatch, "/users/u", patchType, `{"password":"x"}`)
	if got := outcome(t, w); got != "password-too-weak | Too weak." {
		t.Error(got)
	}
}
