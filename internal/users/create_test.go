package users_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/httpapi"
	"usher/internal/problem"
	"usher/internal/users"
)

// createIn returns POST /users with the default options of these tests.
func createIn(dir *directory) api.Operation {
	return users.Create(dir, keys{held: []string{"one"}, fresh: []string{"one"}}, users.CreateOptions{
		Connection: "default", ResultURLs: []string{"https://app.example/welcome"},
	})
}

func TestCreate(t *testing.T) {
	tests := map[string]struct {
		body string
		want users.New
	}{
		"everything": {
			`{"connection":"employees","email":"Ada@example.com","password":"secret","phone_number":"+14155550123","username":"ada","name":"Ada Lovelace",` +
				`"given_name":"Ada","family_name":"Lovelace","nickname":"al","picture":"https://example.com/a.png","email_verified":true,` +
				`"verify_email":true,"metadata":{"a":1},"app_metadata":{"b":[null]}}`,
			users.New{Connection: "employees", Metadata: map[string]any{"a": float64(1)}, AppMetadata: map[string]any{"b": []any{nil}}, Profile: users.Profile{
				Email: ptr("Ada@example.com"), Password: ptr("secret"), PhoneNumber: ptr("+14155550123"), Username: ptr("ada"),
				Name: ptr("Ada Lovelace"), GivenName: ptr("Ada"), FamilyName: ptr("Lovelace"), Nickname: ptr("al"), Picture: ptr("https://example.com/a.png"),
				EmailVerified: ptr(true), VerifyEmail: ptr(true),
			}},
		},
		"the default connection":                  {`{"email":"a@b.example","password":"x"}`, users.New{Connection: "default", Profile: users.Profile{Email: ptr("a@b.example"), Password: ptr("x")}}},
		"no mail unless requested":                {`{"email":"a@b.example","password":"x","verify_email":false}`, users.New{Connection: "default", Profile: users.Profile{Email: ptr("a@b.example"), Password: ptr("x")}}},
		"only a username":                         {`{"username":"ada","password":"x"}`, users.New{Connection: "default", Profile: users.Profile{Username: ptr("ada"), Password: ptr("x")}}},
		"passwordless, by phone":                  {`{"connection":"sms","phone_number":"+14155550123"}`, users.New{Connection: "sms", Profile: users.Profile{PhoneNumber: ptr("+14155550123")}}},
		"passwordless, by email":                  {`{"connection":"email","email":"a@b.example"}`, users.New{Connection: "email", Profile: users.Profile{Email: ptr("a@b.example")}}},
		"a password in a passwordless connection": {`{"connection":"sms","phone_number":"+1","password":"x"}`, users.New{Connection: "sms", Profile: users.Profile{PhoneNumber: ptr("+1"), Password: ptr("x")}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			if w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, tt.body); w.Code != http.StatusCreated {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff(tt.want, dir.new); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	const missing = "is missing, and so are phone_number and username"
	tests := map[string]struct {
		target, contentType, body string
		want                      string
	}{
		"a query":                    {"/users?connection=x", jsonType, `{"email":"a@b.example"}`, "invalid-request | connection: unknown parameter"},
		"a form":                     {"/users", "application/x-www-form-urlencoded", `email=x`, "unsupported-media-type | Send Content-Type: application/json."},
		"a merge patch":              {"/users", "application/merge-patch+json", `{}`, "unsupported-media-type | Send Content-Type: application/json."},
		"broken JSON":                {"/users", jsonType, `{`, "invalid-json | The body is empty, or ends in the middle of its JSON."},
		"an unknown member":          {"/users", jsonType, `{"email":"a@b.example","blocked":true}`, "invalid-request | blocked: unknown field"},
		"a wrong type":               {"/users", jsonType, `{"email":1}`, "invalid-request | email: must be a string, not number"},
		"no identifier":              {"/users", jsonType, `{}`, "invalid-request | email: " + missing},
		"a null identifier":          {"/users", jsonType, `{"email":null}`, "invalid-request | email: must be a string, not null"},
		"a bad connection":           {"/users", jsonType, `{"email":"a@b.example","connection":"a b"}`, "invalid-request | connection: is not the name of a connection"},
		"an empty connection":        {"/users", jsonType, `{"email":"a@b.example","connection":""}`, "invalid-request | connection: is not the name of a connection"},
		"a number that loses digits": {"/users", jsonType, `{"email":"a@b.example","metadata":{"a":{"n":9007199254740993}}}`, "invalid-request | metadata.a.n: is a number that would lose digits: send it as a string"},
		"null in metadata":           {"/users", jsonType, `{"email":"a@b.example","metadata":{"a":null,"b":{"c":null}}}`, "invalid-request | metadata.a: cannot be null: leave it out"},
		"null in app_metadata":       {"/users", jsonType, `{"email":"a@b.example","app_metadata":{"a":null}}`, "invalid-request | app_metadata.a: cannot be null: leave it out"},
		"a reserved name":            {"/users", jsonType, `{"email":"a@b.example","app_metadata":{"usher":{}}}`, "invalid-request | app_metadata.usher: is reserved"},
		"several faults":             {"/users", jsonType, `{"email":"x","connection":"-","username":""}`, "invalid-request | 3 values are not valid."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			w := do(t, createIn(dir), http.MethodPost, tt.target, tt.contentType, tt.body)
			if diff := cmp.Diff(tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if len(dir.calls) > 0 {
				t.Errorf("unexpected provider calls: %v", dir.calls)
			}
		})
	}
}

func TestCreateReturnsProviderErrors(t *testing.T) {
	dir := &directory{err: problem.UserExists.New("Taken.")}
	w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, `{"email":"a@b.example"}`)
	if got := outcome(t, w); got != "user-exists | Taken." || w.Header().Get("Location") != "" {
		t.Errorf("got %s, Location %q", got, w.Header().Get("Location"))
	}
}

func TestCreateLocation(t *testing.T) {
	tests := map[string]struct{ requestPath, id, want string }{
		"without a gateway":             {"", "u1", "/users/u1"},
		"with a stage":                  {"/v1/users", "u1", "/v1/users/u1"},
		"an ID with special characters": {"/v1/users", "samlp|a/b c%?#é", "/v1/users/samlp%7Ca%2Fb%20c%25%3F%23%C3%A9"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/users", strings.NewReader(`{"email":"a@b.example"}`))
			r.Header.Set("Content-Type", jsonType)
			w := httptest.NewRecorder()
			origin := func(*http.Request) httpapi.Origin { return httpapi.Origin{Path: tt.requestPath} }
			serving := httpapi.ServeOptions{Log: slog.New(slog.DiscardHandler), Deadline: time.Hour, Origin: origin}
			httpapi.Serve(apitest.Unlimited.Handler(createIn(&directory{user: users.User{ID: tt.id}})), serving).ServeHTTP(w, r)
			if got := w.Header().Get("Location"); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

// A user created without a password gets a random one that satisfies every policy. It is
// not in the response.
func TestCreateMakesARandomPassword(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		dir := &directory{}
		w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, `{"email":"a@b.example"}`)
		if w.Code != http.StatusCreated || dir.new.Password == nil {
			t.Fatalf("no password: %d %s", w.Code, w.Body)
		}
		password := *dir.new.Password
		if seen[password] {
			t.Fatalf("%q was generated twice", password)
		}
		seen[password] = true
		if fault := policyFault(password); fault != "" {
			t.Fatalf("%q %s", password, fault)
		}
		if strings.Contains(w.Body.String(), password) {
			t.Fatal("the password is in the response")
		}
	}
}

// policyFault checks a password against the strictest policy and for 200 random bits.
func policyFault(password string) string {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	special := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	switch {
	case len(password) < 40 || len(password) > 72:
		return "is too short or longer than bcrypt reads"
	case !has(unicode.IsLower) || !has(unicode.IsUpper) || !has(unicode.IsDigit) || !has(special):
		return "lacks a class of characters"
	}
	for i := range len(password) - 2 {
		if password[i] == password[i+1] && password[i] == password[i+2] {
			return "has a character three times in a row"
		}
	}
	return ""
}
