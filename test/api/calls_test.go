package api

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"usher/localtenant"
	"usher/test/contract"
)

// cost is a request that must succeed, and the provider calls that it makes on
// a warm service. prepare returns the path and the body; what it does is not
// counted.
type cost struct {
	operation string // its id in the contract
	name      string // "" for what the contract tells as usual
	calls     int
	prepare   func(t *testing.T, s *service) (target, body string, headers []string)
}

// costs are all of them, gathered from the domains' own tests.
var costs = [][]cost{costsOfUsers, costsOfBlocks, costsOfRecovery, costsOfSignIn, costsOfRoles, costsOfMetadata, costsOfSessions, costsOfMFA, costsOfIdentities, costsOfEvents, costsOfJobs}

var costsOfUsers = []cost{
	{"listusers", "", 1, request("/users", "")},
	{"listusers", "by email", 1, request("/users?email=ada@example.com", "")},
	{"listusers", "by email in capitals", 2, request("/users?email=Ada@example.com", "")},
	{"createuser", "", 1, fresh("/users", `{"email":%q}`)},
	{"createuser", "under a key", 1, request("/users", `{"email":"once@example.com"}`, "Idempotency-Key", "k1")},
	{"createuser", "again under a key", 2, request("/users", `{"email":"once@example.com"}`, "Idempotency-Key", "k1")},
	{"createuser", "invited by mail", 2, request("/users", `{"email":"mailed@example.com","invite":"email"}`)},
	{"createuser", "invited by link", 2, request("/users", `{"email":"linked@example.com","invite":"link"}`)},
	{"createuser", "invited by mail under a key", 3, request("/users", `{"email":"mailed2@example.com","invite":"email"}`, "Idempotency-Key", "k2")},
	{"createuser", "invited by mail again", 2, request("/users", `{"email":"mailed2@example.com","invite":"email"}`, "Idempotency-Key", "k2")},
	{"getuser", "", 1, ofUser("/users/", "")},
	{"updateuser", "", 1, ofUser("/users/", `{"name":"Me"}`)},
	{"updateuser", "in two steps", 2, ofUser("/users/", `{"email":"mine@example.com","password":"N3w-Passw0rd"}`)},
	{"updateuser", "and signed out", 2, ofUser("/users/", `{"password":"N3w-Passw0rd","revoke_sessions":true}`)},
	{"updateuser", "signed out alone", 2, ofUser("/users/", `{"revoke_sessions":true}`)},
	{"updateuser", "with If-Match", 2, ofUser("/users/", `{"name":"Me"}`, "If-Match", "*")},
	{"updateuser", "of a linked account", 3, func(t *testing.T, s *service) (string, string, []string) {
		return "/users/" + url.PathEscape(s.withLinkedPassword(t)), `{"password":"N3w-Passw0rd"}`, nil
	}},
	{"updateuser", "of a linked account, in all steps", 11, func(t *testing.T, s *service) (string, string, []string) {
		id, n := s.withLinkedPassword(t), s.serial.Add(1)
		body := fmt.Sprintf(`{"password":"N3w-Passw0rd","username":"linked%d","phone_number":"+1415555%04d","email_verified":true,"revoke_sessions":true}`, n, n)
		return "/users/" + url.PathEscape(id), body, []string{"If-Match", "*"}
	}},
	{"deleteuser", "", 1, ofUser("/users/", "")},
	{"deleteuserbyemail", "", 3, func(t *testing.T, s *service) (string, string, []string) {
		email := s.freshEmail()
		s.addUser(localtenant.User{Email: email})
		return "/users?email=" + email, "", nil
	}},
	{"deleteuserbyemail", "in capitals", 4, func(t *testing.T, s *service) (string, string, []string) {
		email := s.freshEmail()
		s.addUser(localtenant.User{Email: email})
		return "/users?email=" + strings.ToUpper(email), "", nil
	}},
	{"deleteuserbyemail", "whom only a search finds", 4, func(t *testing.T, s *service) (string, string, []string) {
		email := s.freshEmail()
		s.addUser(localtenant.User{Email: strings.ToUpper(email), Connection: "github"})
		s.tenant.Tenant.Advance(indexLag)
		return "/users?email=" + email, "", nil
	}},
}

var costsOfSignIn = []cost{
	{"login", "", 0, request("/login", "")},
	{"callback", "", 1, func(t *testing.T, s *service) (string, string, []string) {
		first, b := newBrowser(t, s), newBrowser(t, s)
		first.get(t, first.signedIn(t, "")) // the signing keys are there now
		target := b.signedIn(t, "")
		return strings.TrimPrefix(target, base), "", b.cookies(target)
	}},
	{"callback", "with a connection to look up", 2, func(t *testing.T, s *service) (string, string, []string) {
		b := newBrowser(t, s)
		target := b.signedIn(t, "?connection="+localtenant.Connection)
		return strings.TrimPrefix(target, base), "", b.cookies(target)
	}},
}

// cookies are the header that the browser sends to a URL.
func (b *browser) cookies(target string) (header []string) {
	var all []string
	for _, c := range b.jar.Cookies(must(url.Parse(target))) {
		all = append(all, c.String())
	}
	return []string{"Cookie", strings.Join(all, "; ")}
}

// request is a request that needs no preparation.
func request(target, body string, headers ...string) func(*testing.T, *service) (string, string, []string) {
	return func(*testing.T, *service) (string, string, []string) { return target, body, headers }
}

// fresh is a request whose body has an address that nobody has.
func fresh(target, body string) func(*testing.T, *service) (string, string, []string) {
	return func(_ *testing.T, s *service) (string, string, []string) {
		return target, fmt.Sprintf(body, s.freshEmail()), nil
	}
}

func (s *service) freshEmail() string { return fmt.Sprintf("new%d@example.com", s.serial.Add(1)) }

// ofUser is a request about a fresh user, whose id ends the path.
func ofUser(path, body string, headers ...string) func(*testing.T, *service) (string, string, []string) {
	return func(_ *testing.T, s *service) (string, string, []string) {
		id := s.addUser(localtenant.User{Email: fmt.Sprintf("u%d@example.com", s.serial.Add(1)), Password: "Old-Passw0rd"})
		return path + url.PathEscape(id), body, headers
	}
}

// A warm service makes the calls that the contract tells, with the token that it has.
func TestProviderCalls(t *testing.T) {
	operations := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		operations[op.ID] = op
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.want(s.call("GET", "/users", ""), 200, "")
		for _, c := range costs {
			for _, tt := range c {
				t.Run(tt.operation+" "+tt.name, func(t *testing.T) { tt.check(t, s, operations[tt.operation]) })
			}
		}
	})
}

func (c cost) check(t *testing.T, s *service, op contract.Operation) {
	s.freePlaces(t)
	target, body, headers := c.prepare(t, s)
	s.tenant.Tenant.ResetStats()
	if got := s.as(t, op.Method, target, body, headers...); got.status >= 400 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	stats := s.tenant.Tenant.Stats()
	if stats.Requests != c.calls {
		t.Errorf("%+v, want %d requests", stats, c.calls)
	}
	if c.name == "" && c.calls != op.Calls.Usual || c.calls > op.Calls.Most {
		t.Errorf("%d calls, but the contract tells %+v", c.calls, op.Calls)
	}
}

func TestEveryOperationsCallsAreCounted(t *testing.T) {
	counted := map[string]bool{}
	for _, c := range costs {
		for _, tt := range c {
			counted[tt.operation] = counted[tt.operation] || tt.name == ""
		}
	}
	for _, op := range contract.Load(t).Operations() {
		if !counted[op.ID] {
			t.Errorf("%s: no test counts the calls that the contract tells as usual", op.ID)
		}
	}
}

func TestOneTokenForManyFirstRequests(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
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
