package localtenant_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
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
