package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/localtenant"
	"usher/test/contract"
)

// essential are the members without which an answer of the provider's is none: then, and then alone,
// an operation may fail with one of the problems of essentialFailures. What holds them is as essential.
var essential = map[string][]string{
	"GET /api/v2/users":                                         {"users[].user_id"},
	"POST /api/v2/users":                                        {"user_id"},
	"GET /api/v2/users/{id}":                                    {"user_id"},
	"PATCH /api/v2/users/{id}":                                  {"user_id"},
	"GET /api/v2/users-by-email":                                {"[].user_id"},
	"GET /api/v2/users/{id}/logs":                               {"[]._id", "[].log_id", "logs[]._id", "logs[].log_id"},
	"GET /api/v2/users/{id}/roles":                              {"[].id", "[].name", "roles[].id", "roles[].name"},
	"GET /api/v2/roles":                                         {"[].id", "[].name", "roles[].id", "roles[].name"},
	"GET /api/v2/users/{user_id}/sessions":                      {"sessions[].id"},
	"GET /api/v2/sessions/{id}":                                 {"id", "user_id"},
	"GET /api/v2/users/{id}/authentication-methods":             {"[].id", "authenticators[].id"},
	"GET /api/v2/connections":                                   {"[].name", "connections[].name", "[].id", "connections[].id"},
	"GET /api/v2/clients/{id}/connections":                      {"connections[].name", "connections[].id"},
	"GET /api/v2/user-blocks/{id}":                              {"blocked_for"},
	"POST /api/v2/users/{id}/identities":                        {"[].user_id", "[].provider"},
	"DELETE /api/v2/users/{id}/identities/{provider}/{user_id}": {"[].user_id", "[].provider"},
	"POST /api/v2/tickets/password-change":                      {"ticket"},
	"POST /api/v2/tickets/email-verification":                   {"ticket"},
	"POST /api/v2/guardian/enrollments/ticket":                  {"ticket_url"},
	"POST /api/v2/users/{id}/recovery-code-regeneration":        {"recovery_code"},
	"POST /api/v2/jobs/verification-email":                      {"id"},
	"GET /api/v2/jobs/{id}":                                     {"id", "status", "type"},
	"POST /oauth/token":                                         {"access_token", "id_token"},
	"GET /.well-known/jwks.json":                                {"keys[].kid", "keys[].kty", "keys[].n", "keys[].e", "keys[].use", "keys[].alg"},
}

var essentialFailures = []string{"provider-failed", "partly-updated", "id-token-invalid"}

// deciding are the members that decide whether a change may be made: without one the operation may
// refuse (4xx) or fail (as above), and nothing is guessed.
var deciding = map[string]map[string][]string{
	"deleteuserbyemail":    {"GET /api/v2/users-by-email": {"[].user_id", "[].email"}, "GET /api/v2/users": {"users[].user_id", "users[].email"}, "GET /api/v2/users/{id}": {"user_id", "email"}},
	"listidentities":       {"GET /api/v2/users-by-email": {"[].user_id", "[].email"}},
	"createpasswordticket": {"GET /api/v2/users/{id}": {"user_id", "identities[].connection", "identities[].provider", "identities[].user_id"}, "GET /api/v2/connections": {"[].strategy", "connections[].strategy"}},
	"updateuser":           {"GET /api/v2/users/{id}": {"user_id", "identities[].connection", "identities[].provider", "identities[].user_id"}},
	"linkidentity":         {"GET /api/v2/users/{id}": {"identities[].connection", "identities[].provider", "identities[].user_id", "blocked"}},
	"unlinkidentity":       {"GET /api/v2/users/{id}": {"identities[].connection", "identities[].provider", "identities[].user_id"}},
	"setuserroles":         {"GET /api/v2/roles": {"roles[].name", "roles[].id"}, "GET /api/v2/users/{id}/roles": {"roles[].name", "roles[].id"}},
	"removeuserroles":      {"GET /api/v2/roles": {"roles[].name", "roles[].id"}, "GET /api/v2/users/{id}/roles": {"roles[].name", "roles[].id"}},
	"getverificationemail": {"GET /api/v2/jobs/{id}": {"type", "status"}},
	"endsession":           {"GET /api/v2/sessions/{id}": {"user_id"}},
	"resetmfa":             {"GET /api/v2/users/{id}/authentication-methods": {"[].type", "authenticators[].type"}},
	"callback":             {"GET /api/v2/users/{id}": {"identities[].connection", "blocked"}},
}

// lossy are the members without which an answer lists less, and is a success all the same: a user whose
// identities cannot be read belongs to no connection.
var lossy = map[string][]string{
	"GET /api/v2/users/{id}": {"identities[].connection", "identities[].provider", "identities[].user_id"},
}

// stateful are costs that hang on others before them, or that an address can be had for once alone: the
// mutations need requests that can be repeated.
func (c cost) stateful() bool {
	return strings.Contains(c.name, "key") || strings.Contains(c.name, "invited by") || c.name == "in two steps"
}

// richer are requests whose answers hold more than those that are counted.
var richer = []cost{
	{"listusers", "with more to come", 0, request("/users?limit=3", "")},
	{"listusers", "by an address", 0, request("/users?email=ada@example.com", "")},
	{"listroles", "both", 0, request("/roles", "")},
	{"listconnections", "all", 0, request("/connections", "")},
	{"getuser", "with all there is", 0, request("/users/"+url.PathEscape(ada), "")},
	{"updateuser", "in two steps, each time another address", 0, func(_ *testing.T, s *service) (string, string, []string) {
		id := s.addUser(localtenant.User{Email: s.freshEmail(), Password: "Old-Passw0rd"})
		return "/users/" + url.PathEscape(id), fmt.Sprintf(`{"email":%q,"password":"N3w-Passw0rd"}`, s.freshEmail()), nil
	}},
	{"createuser", "with a link", 0, fresh("/users", `{"email":%q,"invite":"link"}`)},
	{"listevents", "of three", 0, func(_ *testing.T, s *service) (string, string, []string) {
		id := s.addUser(localtenant.User{Email: s.freshEmail()})
		for _, code := range []string{"s", "fp", "scp"} {
			s.tenant.Tenant.AddEvent(id, code)
		}
		return "/events/" + url.PathEscape(id), "", nil
	}},
	{"listsessions", "of two", 0, func(t *testing.T, s *service) (string, string, []string) {
		for range 2 {
			newBrowser(t, s).tokens(t)
		}
		return "/sessions/" + url.PathEscape(ada), "", nil
	}},
	{"getmfa", "of three", 0, func(t *testing.T, s *service) (string, string, []string) {
		id, _ := s.enrolled(t)
		s.addMethod(t, id, `{"type":"phone","phone_number":"+15551234567","name":"mine"}`)
		s.addMethod(t, id, `{"type":"email","email":"m@example.com"}`)
		return "/mfa/" + url.PathEscape(id), "", nil
	}},
}

// enriched adds what a user's document may have and those of the tests lack, so that it is mutated, too.
func enriched(route string, body []byte) []byte {
	doc, err := decoded(body)
	if err != nil {
		return body
	}
	list := []any{doc}
	switch {
	case route == "GET /api/v2/users":
		if page, ok := doc.(map[string]any); ok {
			list, _ = page["users"].([]any)
		}
	case route == "GET /api/v2/users-by-email":
		list, _ = doc.([]any)
	case !strings.HasSuffix(route, " /api/v2/users") && !strings.HasSuffix(route, " /api/v2/users/{id}"):
		return body
	}
	for _, one := range list {
		user, ok := one.(map[string]any)
		if !ok {
			return body
		}
		for name, value := range map[string]any{
			"multifactor": []any{"guardian"}, "last_ip": "203.0.113.7", "last_login": "2024-03-01T09:00:00.000Z", "logins_count": 3,
			"last_password_reset": "2024-03-01T09:00:00.000Z", "given_name": "Ann", "family_name": "Lee", "blocked": false,
			"phone_number": "+15551234567", "phone_verified": true, "username": "ann",
		} {
			if _, ok := user[name]; !ok && (name != "username" || route != "GET /api/v2/users-by-email") {
				user[name] = value
			}
		}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return body
	}
	return text
}

// TestMutations: whatever type a member of the provider's answers has, and wherever it stands, the operations do what
// they did; without an essential one they say that the provider has failed. Nothing else is lost, and nothing panics.
func TestMutations(t *testing.T) {
	operations := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		operations[op.ID] = op
	}
	var count counted
	t.Run("all", func(t *testing.T) {
		for _, c := range append(slices.Clone(costs), richer) {
			for _, tt := range c {
				if tt.stateful() {
					continue
				}
				t.Run(tt.operation+" "+tt.name, func(t *testing.T) {
					t.Parallel()
					(&mutation{cost: tt, op: operations[tt.operation], count: &count}).run(t)
				})
			}
		}
	})
	t.Logf("%d mutations", count.n)
	if count.n < 3000/oneIn() {
		t.Errorf("%d mutations: something is not reached", count.n)
	}
}

type counted struct {
	mu sync.Mutex
	n  int
}

func (c *counted) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

// mutation is a request that is made again and again, with an answer of the provider's mutated.
type mutation struct {
	cost
	op    contract.Operation
	s     *service
	plain answer // to the request with nothing mutated
	count *counted

	target, body string // of an operation that only reads: prepared once
	headers      []string
	afresh       bool // each request goes to a container that has just started
	failed       bool
}

// reads says whether the operation can be repeated without another preparation.
func (m *mutation) reads() bool { return m.op.Method == http.MethodGet && m.op.ID != "callback" }

// thorough says whether every substitute is tried at every place: that is for the reading of each kind
// of answer once.
func (m *mutation) thorough() bool { return m.reads() && m.calls == 0 }

func (m *mutation) run(t *testing.T) {
	m.s = start(t, ways[0])
	m.s.calm(t)
	m.s.want(m.s.call("GET", "/users", ""), 200, "") // the token is there now
	answers := m.learn(t)
	for _, route := range slices.Sorted(maps.Keys(answers)) {
		m.eachPlace(t, route, answers[route], m.chosen)
	}
}

// learn makes the request with nothing mutated, and returns what the provider answers to it, by route.
func (m *mutation) learn(t *testing.T) map[string][]byte {
	t.Helper()
	answers := map[string][]byte{}
	var mu sync.Mutex
	m.plain = m.call(t, func(route string, body []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		body = enriched(route, body)
		answers[route] = body
		return body
	})
	if m.plain.status >= 400 {
		t.Fatalf("with nothing mutated: %d %s", m.plain.status, m.plain.body)
	}
	return answers
}

func (m *mutation) eachPlace(t *testing.T, route string, body []byte, chosen func(int, string, place) []substitute) {
	t.Helper()
	doc, err := decoded(body)
	if err != nil {
		return // no body, or a sentence
	}
	for i, at := range places(doc) {
		if i%oneIn() != 0 {
			continue
		}
		for _, by := range chosen(i, route, at) {
			m.mutate(t, route, at, by)
		}
	}
}

// TestMutationsOfTokensAndKeys is about what a container asks for once: each mutation meets one that has just started.
func TestMutationsOfTokensAndKeys(t *testing.T) {
	t.Parallel()
	all := func(int, string, place) []substitute { return substitutes }
	for name, m := range map[string]*mutation{
		"POST /oauth/token": {op: contract.Operation{ID: "listusers", Method: "GET"}, cost: cost{prepare: func(t *testing.T, s *service) (string, string, []string) {
			return "/users", "", nil
		}}},
		"GET /.well-known/jwks.json": {op: contract.Operation{ID: "callback", Method: "GET"}, cost: cost{prepare: func(t *testing.T, s *service) (string, string, []string) {
			b := newBrowser(t, s)
			target := b.signedIn(t, "")
			return strings.TrimPrefix(target, base), "", b.cookies(target)
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.s, m.afresh, m.count = start(t, ways[0]), true, &counted{}
			m.s.calm(t)
			m.eachPlace(t, name, m.learn(t)[name], all)
			if m.count.n < 50/oneIn() {
				t.Errorf("%d mutations: something is not reached", m.count.n)
			}
		})
	}
}

// oneIn is 1, but with -short one in so many places is a sample.
func oneIn() int {
	if testing.Short() {
		return 5
	}
	return 1
}

// chosen are the substitutes for a place: all, where it matters most, else one or two in turn, other
// ones for each operation.
func (m *mutation) chosen(i int, route string, at place) []substitute {
	if m.thorough() || isEssential(route, at) && m.reads() {
		return substitutes
	}
	turn := i + len(m.op.ID) + len(m.name)
	out := []substitute{substitutes[turn%len(substitutes)]}
	if isEssential(route, at) {
		out = append(out, substitutes[(turn+3)%len(substitutes)], substitutes[(turn+6)%len(substitutes)])
	}
	return out
}

func isEssential(route string, at place) bool { return touches(essential[route], at) }

// touches says whether one of the members is at a place, or within what is.
func touches(members []string, at place) bool {
	here := at.general()
	return slices.ContainsFunc(members, func(member string) bool {
		rest, ok := strings.CutPrefix(member, here)
		return ok && (rest == "" || here == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// call makes the request, prepared afresh while nothing is altered.
func (m *mutation) call(t *testing.T, alter func(route string, body []byte) []byte) answer {
	t.Helper()
	s := m.s
	if m.afresh {
		s = s.container(t, s.way)
	}
	if m.target == "" || !m.reads() {
		m.target, m.body, m.headers = m.prepare(t, s)
	}
	s.tenant.Rewrite(func(r *http.Request, answered []byte) []byte { return alter(r.Pattern, answered) })
	defer s.tenant.Rewrite(nil)
	return s.as(t, m.op.Method, m.target, m.body, m.headers...)
}

func (m *mutation) mutate(t *testing.T, route string, at place, by substitute) {
	t.Helper()
	hit := false
	by = by.unique(m.s.serial.Add(1))
	var mu sync.Mutex
	got := m.call(t, func(answering string, body []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		if body = enriched(answering, body); answering != route {
			return body
		}
		body, ok := mutate(body, at, by)
		hit = hit || ok
		return body
	})
	mu.Lock()
	defer mu.Unlock()
	if !hit {
		return
	}
	m.count.add()
	if !m.failed && t.Failed() { // by one of the checks that every exchange has
		m.failed = true
		t.Logf("%s: %s by %s", route, at, by.name)
	}
	if fault := m.faultOf(got, route, at, by); fault != "" {
		m.failed = true
		t.Errorf("%s: %s by %s: %s", route, at, by.name, fault)
	}
}

// faultOf says what is wrong with an answer to a request with a mutation; "" is nothing.
func (m *mutation) faultOf(got answer, route string, at place, by substitute) string {
	vital, decides := isEssential(route, at), touches(deciding[m.op.ID][route], at)
	switch {
	case got.status >= 400:
		var told struct{ Code string }
		_ = json.Unmarshal(got.body, &told)
		named := slices.Contains(essentialFailures, told.Code)
		if at.general() == "access_token" && strings.Contains(by.json, mutated) && told.Code == "service-misconfigured" {
			return "" // a text is a token, and the provider refuses it
		}
		if got.status < 500 && decides || named && (vital || decides) {
			return ""
		}
		return fmt.Sprintf("%d %s, want %d", got.status, told.Code, m.plain.status)
	case got.status != m.plain.status:
		return fmt.Sprintf("%d, want %d", got.status, m.plain.status)
	}
	if lost := m.lost(got); len(lost) > 0 && !vital && !decides && !touches(lossy[route], at) {
		return "lost " + strings.Join(lost, ", ")
	}
	return ""
}

// lost are elements of the answer's lists that the plain answer has, by their ids.
func (m *mutation) lost(got answer) []string {
	if m.op.Method != http.MethodGet {
		return nil
	}
	var out []string
	now := elements(got.body)
	for name, ids := range elements(m.plain.body) {
		if len(now[name]) < len(ids) {
			out = append(out, fmt.Sprintf("%s: %d of %d are left", name, len(now[name]), len(ids)))
		}
	}
	return out
}

// elements are the ids of the elements of an answer's lists.
func elements(body []byte) map[string][]string {
	out := map[string][]string{}
	var doc map[string]any
	_ = json.Unmarshal(body, &doc)
	for name, value := range doc {
		list, _ := value.([]any)
		for _, one := range list {
			element, _ := one.(map[string]any)
			out[name] = append(out[name], fmt.Sprint(element["id"], element["name"]))
		}
	}
	return out
}
