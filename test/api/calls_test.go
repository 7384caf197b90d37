package api

import (
	"fmt"
	"net/url"
	"sync"
	"testing"

	"usher/internal/contract"
	"usher/internal/localtenant"
)

// A warm service makes the calls that the contract tells, on the connection
// and with the token that it has.
func TestProviderCalls(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		id := s.addUser(localtenant.User{Email: "me@example.com", Password: "Old-Passw0rd"})
		path := "/users/" + url.PathEscape(id)
		s.want(s.call("GET", "/users", ""), 200, "")
		for _, tt := range []struct {
			function, method, target, body string
			calls                          int
		}{
			{"listusers", "GET", "/users", "", 1},
			{"listusers", "GET", "/users?email=me@example.com", "", 1},
			{"createuser", "POST", "/users", `{"email":"new@example.com"}`, 1},
			{"getuser", "GET", path, "", 1},
			{"updateuser", "PATCH", path, `{"name":"Me"}`, 1},
			{"updateuser", "PATCH", path, `{"email":"mine@example.com","password":"N3w-Passw0rd"}`, 2},
			{"deleteuser", "DELETE", path, "", 1},
			{"deleteuser", "DELETE", "/users?email=new@example.com", "", 2},
			{"login", "GET", "/login", "", 0},
		} {
			t.Run(tt.method+" "+tt.target, func(t *testing.T) {
				s.tenant.Tenant.ResetStats()
				if got := s.as(t, tt.method, tt.target, tt.body); got.status >= 400 {
					t.Fatalf("%d %s", got.status, got.body)
				}
				stats := s.tenant.Tenant.Stats()
				if stats.Requests != tt.calls || stats.Tokens != 0 || stats.Connections != 0 {
					t.Errorf("%+v, want %d requests and nothing else", stats, tt.calls)
				}
				if told := callsTold(t, tt.function, tt.method); tt.calls > told.Most || tt.calls < min(told.Usual, tt.calls) {
					t.Errorf("%d calls, but the contract tells %+v", tt.calls, told)
				}
			})
		}
	})
}

func callsTold(t *testing.T, function, method string) contract.Calls {
	t.Helper()
	most := contract.Calls{Usual: 1 << 30}
	for _, op := range contract.Load(t).Operations() {
		if op.Function == function && op.Method == method {
			most = contract.Calls{Usual: min(most.Usual, op.Calls.Usual), Most: max(most.Most, op.Calls.Most)}
		}
	}
	return most
}

func TestOneTokenForManyFirstRequests(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		var all sync.WaitGroup
		failed := make(chan string, 100)
		for i := range 100 {
			all.Go(func() {
				if got := s.as(t, "GET", fmt.Sprintf("/users?limit=%d", i+1), ""); got.status != 200 {
					failed <- string(got.body)
				}
			})
		}
		all.Wait()
		close(failed)
		for body := range failed {
			t.Error(body)
		}
		if tokens := s.tenant.Tenant.Stats().Tokens; tokens != 1 {
			t.Errorf("%d token requests, want 1", tokens)
		}
	})
}
