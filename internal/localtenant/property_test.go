package localtenant_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/localtenant"
	"usher/internal/localtenant/tenanttest"
)

// model is what the users ought to be, told as simply as can be.
type model map[string]*modelUser

type modelUser struct {
	email, name string
	verified    bool
	metadata    map[string]any
}

func (m model) taken(email, except string) bool {
	for id, u := range m {
		if u.email == strings.ToLower(email) && id != except {
			return true
		}
	}
	return false
}

// TestUsersAgainstModel does random things to a tenant and to the model, and
// holds the one to the other after each.
func TestUsersAgainstModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := tenanttest.Start(t, empty)
	a := newAPI(t, s)
	m := model{}
	var ids []string
	emails := []string{"a@example.com", "B@example.com", "b@example.com", "c@Example.com", "d@example.com"}
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	for step := range 400 {
		email := pick(emails)
		switch action := random.IntN(10); {
		case action < 4 || len(ids) == 0:
			status, body := a.call("POST", "/api/v2/users", map[string]any{
				"connection": localtenant.Connection, "email": email, "password": goodPassword, "verify_email": false,
			})
			want := 201
			if m.taken(email, "") {
				want = 409
			}
			if status != want {
				t.Fatalf("step %d: create %s: %d %v, want %d", step, email, status, body, want)
			}
			if want == 201 {
				id := body.(map[string]any)["user_id"].(string)
				ids = append(ids, id)
				m[id] = &modelUser{email: strings.ToLower(email), name: strings.ToLower(email), metadata: map[string]any{}}
			}
		case action < 6:
			id := pick(ids)
			a.obj("DELETE", "/api/v2/users/"+escape(id), nil, 204)
			delete(m, id)
		case action < 8:
			id := pick(ids)
			key, val := fmt.Sprint("k", random.IntN(3)), any(float64(random.IntN(5)))
			if random.IntN(3) == 0 {
				val = nil
			}
			want := 404
			if u, ok := m[id]; ok {
				want = 200
				u.name = fmt.Sprint("name ", step)
				if u.metadata[key] = val; val == nil {
					delete(u.metadata, key)
				}
			}
			a.obj("PATCH", "/api/v2/users/"+escape(id), map[string]any{"name": fmt.Sprint("name ", step), "app_metadata": map[string]any{key: val}}, want)
		default:
			id := pick(ids)
			want := 404
			if u, ok := m[id]; ok {
				want = 400
				if !m.taken(email, id) {
					want = 200
					u.verified = u.verified && u.email == strings.ToLower(email)
					u.email = strings.ToLower(email)
				}
			}
			a.obj("PATCH", "/api/v2/users/"+escape(id), map[string]any{"email": email}, want)
		}
		m.hold(t, a, ids)
	}
}

// hold compares the tenant with the model, by list, by id and by email.
func (m model) hold(t *testing.T, a *api, ids []string) {
	t.Helper()
	listed := a.list("/api/v2/users?per_page=100")
	if len(listed) != len(m) {
		t.Fatalf("%d users listed, want %d", len(listed), len(m))
	}
	for _, got := range listed {
		u := m[got["user_id"].(string)]
		if u == nil {
			t.Fatalf("%v ought not to be there", got["user_id"])
		}
		metadata, _ := got["app_metadata"].(map[string]any)
		if metadata == nil {
			metadata = map[string]any{}
		}
		want := []any{u.email, u.name, u.verified, u.metadata}
		if diff := cmp.Diff(want, []any{got["email"], got["name"], got["email_verified"], metadata}); diff != "" {
			t.Fatal(diff)
		}
	}
	id := ids[len(ids)-1]
	want := 404
	if u, ok := m[id]; ok {
		want = 200
		if n := len(a.list("/api/v2/users-by-email?email=" + u.email)); n != 1 {
			t.Fatalf("%d users with %s", n, u.email)
		}
	}
	a.obj("GET", "/api/v2/users/"+escape(id), nil, want)
}

// direct calls a tenant without a network, for fuzzing.
func direct(tenant *localtenant.Tenant, method, path, contentType, token, body string) int {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	tenant.ServeHTTP(w, r)
	return w.Code
}

// FuzzTokenEndpoint: nothing but a good request gets a token, and nothing breaks.
func FuzzTokenEndpoint(f *testing.F) {
	s := tenanttest.Start(f)
	f.Add("application/x-www-form-urlencoded", "grant_type=authorization_code&client_id=usher-local&code=x&code_verifier=y")
	f.Add("application/json", `{"grant_type":"refresh_token","client_id":"usher-local","client_secret":"x","refresh_token":"y"}`)
	f.Add("application/json", `[1]`)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if strings.Contains(body, localtenant.ClientSecret) {
			return
		}
		if got := direct(s.Tenant, "POST", "/oauth/token", contentType, "", body); got == http.StatusOK || got >= 500 {
			t.Errorf("%d", got)
		}
	})
}

// FuzzBodies sends each body to every route that takes one.
func FuzzBodies(f *testing.F) {
	s := tenanttest.Start(f)
	token := newAPI(f, s).token
	var routes []string
	for _, r := range s.Tenant.Routes() {
		if method, path, _ := strings.Cut(r.Pattern, " "); method != "GET" && path != "/_tenant/reset" && path != "/_tenant/rotate-key" {
			routes = append(routes, r.Pattern)
		}
	}
	for _, body := range []string{
		`{}`, `null`, `[]`, `[{}]`, `"x"`, `{"email":null,"password":1e999}`, `{"user_id":"auth0|65e19a100000000000000001"}`,
		`{"connection":"Username-Password-Authentication","email":"f@example.com","password":"Plum-Tree-42"}`,
		`{"app_metadata":{"a":{"b":[1,null,{"c":"d"}]}}}`, `{"name":"x","description":"y"}`, `{"users":["a"],"roles":["b"],"ids":["c"]}`,
		`{"type":"totp","totp_secret":"!"}`, `{"advance":"1h"}`, `{"delay":"1ns"}`, `{"provider":"auth0","user_id":65}`, "state=x&ticket=y", "\x00\xff",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, pattern := range routes {
			method, path, _ := strings.Cut(pattern, " ")
			path = strings.NewReplacer("{id}", "auth0%7C65e19a100000000000000002", "{user_id}", "x", "{provider}", "auth0",
				"{authentication_method_id}", "z").Replace(path)
			for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded"} {
				if got := direct(s.Tenant, method, path, contentType, token, body); got >= 500 {
					t.Errorf("%s: %d for %q", pattern, got, body)
				}
			}
			s.Tenant.ClearFaults() // the body may have made one
		}
	})
}
