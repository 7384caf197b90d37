package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"usher/internal/boot"
	"usher/internal/gateway"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/test/testkit/credentials"
)

const (
	once    = "Idempotency-Key"
	someone = `{"email":"once@example.com","name":"Once","app_metadata":{"plan":"gold"}}`
)

func TestCreateOnce(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		first := s.call("POST", "/users", someone, once, "k1")
		s.want(first, 201, "")
		again := s.call("POST", "/users", ` { "app_metadata":{"plan":"gold"}, "name":"Once", "email":"once@example.com", "password":"An0ther-Passw0rd" }`, once, "k1")
		s.want(again, 201, "")
		if string(again.body) != string(first.body) || again.header.Get("ETag") != first.header.Get("ETag") || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("first %s, then %s", first.body, again.body)
		}
		if user := s.call("GET", strings.TrimPrefix(again.header.Get("Location"), s.way.stage), ""); string(user.body) != string(first.body) {
			t.Errorf("the user is %s", user.body)
		}

		for _, staff := range []string{"auth0%7Cstaff-1", "auth0%7Cstaff-2"} {
			acted := s.call("POST", "/users", someone, once, "k1", actor, staff)
			if s.want(acted, 201, ""); string(acted.body) != string(first.body) {
				t.Errorf("first %s, then for %s %s", first.body, staff, acted.body)
			}
		}

		s.want(s.call("POST", "/users", `{"email":"once@example.com","name":"Twice","app_metadata":{"plan":"gold"}}`, once, "k1"), 422, "idempotency-key-reused")
		s.want(s.call("POST", "/users", `{"email":"other@example.com"}`, once, "k1"), 422, "idempotency-key-reused")
		s.want(s.call("POST", "/users", someone, once, "k2"), 409, "user-exists")
		s.want(s.call("POST", "/users", someone), 409, "user-exists")
		s.want(s.call("POST", "/users", `{"email":"other@example.com"}`, once, "k2"), 201, "")
		s.want(s.call("POST", "/users", someone, once, "with space"), 400, "invalid-request")
		s.want(s.call("POST", "/users", `{"email":"code@example.com","connection":"email"}`, once, "k3"), 400, "invalid-request")
	})
}

// A repeat tells of the user as they are by now, and a user who is gone leaves
// the key free.
func TestCreateOnceLater(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		first := s.call("POST", "/users", someone, once, "k1")
		s.want(first, 201, "")
		path := strings.TrimPrefix(first.header.Get("Location"), s.way.stage)
		changed := s.call("PATCH", path, `{"name":"Changed","email":"changed@example.com"}`)
		s.want(changed, 200, "")
		again := s.call("POST", "/users", someone, once, "k1")
		s.want(again, 201, "")
		if string(again.body) != string(changed.body) {
			t.Errorf("changed %s, then %s", changed.body, again.body)
		}
		if n := len(users(t, s.call("GET", "/users?email=once@example.com", ""))); n != 0 {
			t.Errorf("%d users with the former address", n)
		}

		s.want(s.call("DELETE", path, ""), 204, "")
		s.want(s.call("POST", "/users", `{"email":"other@example.com"}`, once, "k1"), 201, "")
		s.want(s.call("POST", "/users", someone, once, "k1"), 422, "idempotency-key-reused")
	})
}

func users(t *testing.T, got answer) []any {
	t.Helper()
	wantAnswer(t, got, 200, "")
	return got.json(t)["users"].([]any)
}

// A thousand at once, spread over cold containers: one user, whom all of them
// are told of.
func TestCreateOnceAThousandTimes(t *testing.T) {
	first := start(t, ways[1], emptyTenant)
	first.calm(t)
	const containers, each = 8, 125
	answers := make(chan string, containers*each)
	var all sync.WaitGroup
	for i := range containers {
		s := first.container(t, callers("front-end", fmt.Sprintf("session-%d", i)))
		for range each {
			all.Go(func() { answers <- s.createUntilAnswered(t, someone, "k1") })
		}
	}
	all.Wait()
	close(answers)
	different := map[string]int{}
	for got := range answers {
		different[got]++
	}
	if len(different) != 1 {
		t.Errorf("%d different answers: %v", len(different), different)
	}
	for got := range different {
		if !strings.HasPrefix(got, "201 ") {
			t.Error(got)
		}
	}
	if n := len(users(t, first.call("GET", "/users", ""))); n != 1 {
		t.Errorf("%d users", n)
	}
	first.want(first.call("POST", "/users", `{"email":"other@example.com"}`, once, "k1"), 422, "idempotency-key-reused")
	if n := len(users(t, first.call("GET", "/users", ""))); n != 1 {
		t.Errorf("%d users after another body", n)
	}
}

// createUntilAnswered creates a user as a front-end does that has a key: where
// the provider is too slow for so many, it asks again.
func (s *service) createUntilAnswered(t *testing.T, body, key string) string {
	for range 10 {
		if got := s.createBare(t, body, key); !strings.HasPrefix(got, "504 ") {
			return got
		}
	}
	return "no answer"
}

// createBare creates a user, and tells the answer. It may be called by many at
// once: it fails no test.
func (s *service) createBare(t *testing.T, body, key string) string {
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, base+"/users", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(once, key)
	resp, err := s.client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	var read bytes.Buffer
	if _, err := read.ReadFrom(resp.Body); err != nil {
		return err.Error()
	}
	return fmt.Sprint(resp.StatusCode, " ", read.String())
}

// callers is the way through the gateway for a role of some name, in a session.
func callers(role, session string) way {
	w := ways[1]
	w.start = func(t *testing.T, service *boot.Service, log *slog.Logger) http.RoundTripper {
		f := newFunctions(t, service, log, gateway.Options{})
		f.template = bytes.Replace(f.template, []byte("assumed-role/front-end/i-0abc"), []byte("assumed-role/"+role+"/"+session), 1)
		return f
	}
	return w
}

// A key is its front-end's: another's is another, whatever it looks like.
func TestCreateOnceForEachFrontEnd(t *testing.T) {
	shop := start(t, callers("shop", "one"), emptyTenant)
	shopAgain, staff, nobody := shop.container(t, callers("shop", "two")), shop.container(t, callers("staff", "one")), shop.container(t, ways[0])
	of := func(name string) string { return `{"email":"` + name + `@example.com"}` }
	ids := map[any]bool{}
	for name, s := range map[string]*service{"shop": shop, "staff": staff, "nobody": nobody} {
		got := s.call("POST", "/users", of(name), once, "the-same-key")
		s.want(got, 201, "")
		ids[got.json(t)["id"]] = true
	}
	if len(ids) != 3 {
		t.Errorf("users %v", ids)
	}
	got := shopAgain.call("POST", "/users", of("shop"), once, "the-same-key")
	shopAgain.want(got, 201, "")
	if !ids[got.json(t)["id"]] {
		t.Errorf("in another session it is another user: %s", got.body)
	}
	staff.want(staff.call("POST", "/users", of("shop"), once, "the-same-key"), 422, "idempotency-key-reused")
	staff.want(staff.call("POST", "/users", of("shop"), once, "another-key"), 409, "user-exists")
}

// What the provider does not answer is asked again, under a key.
func TestCreateOnceThoughTheAnswerIsLost(t *testing.T) {
	faults := map[string]localtenant.Fault{
		"before it was done": {Kind: localtenant.FaultReset},
		"after it was done":  {Kind: localtenant.FaultResetBody},
		"by a failure":       {Status: 503},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, fault := range faults {
			t.Run(name, func(t *testing.T) {
				s.earnRetry(t)
				fault.Route, fault.Times = "POST /api/v2/users", 1
				s.tenant.Tenant.Fail(fault)
				body := fmt.Sprintf(`{"email":"lost%d@example.com"}`, s.serial.Add(1))
				wantAnswer(t, s.as(t, "POST", "/users", body, once, strings.ReplaceAll(name, " ", "-")), 201, "")
			})
		}
	})
}

// rotated are credentials whose client secret the test changes: what this
// container holds, and what is stored.
type rotated struct {
	held, stored secrets.Versions
}

func (r *rotated) Current(context.Context) (secrets.Credentials, error) { return r.held.Current, nil }

func (r *rotated) Versions(context.Context) (secrets.Versions, error) {
	r.held = r.stored
	return r.stored, nil
}

func (r *rotated) Reload(context.Context, secrets.Credentials) (secrets.Credentials, error) {
	r.held = r.stored
	return r.held.Current, nil
}

// Over a rotation of the client secret a key stays what it was, whichever of
// the secrets a container holds.
func TestCreateOnceOverARotation(t *testing.T) {
	s := start(t, ways[0], emptyTenant)
	s.calm(t)
	before := secrets.Credentials(credentials.Of(t, s.tenant.URL))
	after := before
	after.ClientSecret = "the-client-secret-after" // the management application keeps its own
	stale := secrets.Versions{Current: before}
	fresh := secrets.Versions{Current: after, Previous: before}
	container := func(held, stored secrets.Versions) *service {
		other := &service{tenant: s.tenant, setup: s.setup}
		other.setup.credentials = &rotated{held: held, stored: stored}
		return other.container(t, ways[0])
	}
	holding := func(held secrets.Versions) *service { return container(held, fresh) }
	s.want(container(stale, stale).call("POST", "/users", `{"email":"before@example.com"}`, once, "k1"), 201, "")
	s.want(holding(fresh).call("POST", "/users", `{"email":"after@example.com"}`, once, "k2"), 201, "")
	for name, held := range map[string]secrets.Versions{"stale": stale, "fresh": fresh} {
		t.Run(name, func(t *testing.T) {
			for key, email := range map[string]string{"k1": "before", "k2": "after"} {
				wantAnswer(t, holding(held).as(t, "POST", "/users", `{"email":"`+email+`@example.com"}`, once, key), 201, "")
				if held == fresh {
					wantAnswer(t, holding(held).as(t, "POST", "/users", `{"email":"third@example.com"}`, once, key), 422, "idempotency-key-reused")
				}
			}
		})
	}
	if n := len(users(t, s.call("GET", "/users", ""))); n != 2 {
		t.Errorf("%d users", n)
	}
}

// The service's own part of app_metadata shows nowhere, and nobody writes it.
func TestReservedMetadata(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		first := s.call("POST", "/users", someone, once, "k1")
		s.want(first, 201, "")
		id := first.json(t)["id"].(string)
		path := "/users/" + url.PathEscape(id)
		for name, got := range map[string]answer{
			"created": first,
			"again":   s.call("POST", "/users", someone, once, "k1"),
			"got":     s.call("GET", path, ""),
			"changed": s.call("PATCH", path, `{"nickname":"o"}`),
			"found":   s.call("GET", "/users?email=once@example.com", ""),
			"listed":  s.call("GET", "/users", ""),
		} {
			if got.status >= 300 || strings.Contains(string(got.body), "usher") || !strings.Contains(string(got.body), `"app_metadata":{"plan":"gold"}`) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		kept := s.manage(t, "GET", "/users/"+url.PathEscape(id), "").(map[string]any)["app_metadata"].(map[string]any)
		if own, _ := kept["usher"].(map[string]any); own["request"] == nil || strings.Contains(fmt.Sprint(own), "once") {
			t.Errorf("kept %v", kept)
		}
		for _, body := range []string{`{"email":"x@example.com","app_metadata":{"usher":{}}}`, `{"email":"x@example.com","app_metadata":{"usher":null,"a":1}}`} {
			got := s.call("POST", "/users", body)
			s.want(got, 400, "invalid-request")
			if !strings.Contains(string(got.body), `"field":"app_metadata.usher"`) {
				t.Errorf("%s", got.body)
			}
		}
		if strings.Contains(s.log.String(), "k1") || strings.Contains(s.log.String(), "once@example.com") {
			t.Error("the key or the address is in the log")
		}
	})
}
