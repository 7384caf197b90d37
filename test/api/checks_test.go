package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
	"usher/test/contract"
)

// eachOperation runs a check on every operation of the contract, with the
// request that the contract shows. So a new operation needs no entry here.
func eachOperation(t *testing.T, check func(t *testing.T, s *service, op contract.Operation, target, body string)) {
	t.Helper()
	eachWay(t, func(t *testing.T, s *service) {
		for _, op := range contract.Load(t).Operations() {
			t.Run(op.ID, func(t *testing.T) {
				target, body := exampleOf(t, op)
				check(t, s, op, target, body)
			})
		}
	})
}

func exampleOf(t *testing.T, op contract.Operation) (target, body string) {
	t.Helper()
	target, body, err := op.Example()
	if err != nil {
		t.Fatal(err)
	}
	// The contract does not name the provider.
	return strings.Replace(target, "db%7C", "auth0%7C", 1), strings.Replace(body, `"db|`, `"auth0|`, 1)
}

// freeForm are the operations whose bodies may have any member, and what
// becomes of those that are bad ones elsewhere: here nobody has the example's id.
var freeForm = map[string]map[string]int{
	"updatemetadata":     {"unknown field": 404, "another case": 404, "another kind": 404},
	"replacemetadata":    {"unknown field": 404, "another case": 404, "another kind": 404},
	"updateappmetadata":  {"unknown field": 404, "another case": 404},
	"replaceappmetadata": {"unknown field": 404, "another case": 404},
}

func TestEveryOperationRefusesBadBodies(t *testing.T) {
	tests := map[string]struct {
		body, mediaType string
		status          int
	}{
		"no media type":   {`{}`, "", 415},
		"another type":    {`{}`, "text/plain", 415},
		"another charset": {`{}`, "application/json; charset=latin1", 415},
		"a form":          {`a=b`, "application/x-www-form-urlencoded", 415},
		"broken JSON":     {`{"email":`, "application/json", 400},
		"no object":       {`["email"]`, "application/json", 400},
		"two values":      {`{} {}`, "application/json", 400},
		"unknown field":   {`{"colour":"red"}`, "application/json", 400},
		"another case":    {`{"EMAIL":"a@example.com"}`, "application/json", 400},
		"a field twice":   {`{"email":"a@example.com","email":"b@example.com"}`, "application/json", 400},
		"another kind":    {`{"email":7}`, "application/json", 400},
		"not UTF-8":       {"{\"email\":\"\xff\"}", "application/json", 400},
		"half a pair":     {`{"email":"\ud83d"}`, "application/json", 400},
		"half, in a name": {`{"a\ude00":1}`, "application/json", 400},
		"half, deep":      {`{"metadata":{"a":["\ude00\ud83d"]}}`, "application/json", 400},
		"too large":       {`{"email":"` + strings.Repeat("a", 64<<10) + `"}`, "application/json", 413},
	}
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		if body == "" {
			return // the contract declares no body, and none is read
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				r, err := http.NewRequestWithContext(t.Context(), op.Method, base+target, strings.NewReader(tt.body))
				if err != nil {
					t.Fatal(err)
				}
				if tt.mediaType != "" {
					r.Header.Set("Content-Type", tt.mediaType)
				}
				if other, ok := freeForm[op.ID][name]; ok {
					tt.status = other
				}
				if startsJob(target) {
					tt.status = 415 // a bad record is a result, and no bad request
				}
				wantAnswer(t, s.send(t, r), tt.status, "")
			})
		}
	})
}

func TestEveryOperationRefusesUnknownParameters(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		if !op.TakesAnyParameter() {
			wantAnswer(t, s.as(t, op.Method, target+"?colour=red", body), 400, "invalid-request")
		}
	})
}

func TestEveryOperationRefusesOtherMethods(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, _ contract.Operation, target, _ string) {
		if s.way.gateway {
			return // the gateway has no such route, and answers itself
		}
		got := s.as(t, "BREW", target, "{}")
		wantAnswer(t, got, 405, "method-not-allowed")
		if got.header.Get("Allow") == "" {
			t.Error("no Allow header")
		}
		wantAnswer(t, s.as(t, "GET", "/nowhere", ""), 404, "no-such-route")
	})
}

func TestEveryOperationKeepsTheRequestID(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		got := s.as(t, op.Method, target, body, "X-Request-Id", "mine-1")
		if got.header.Get("X-Request-Id") != "mine-1" || !strings.Contains(s.log.String(), `"request_id":"mine-1"`) {
			t.Errorf("the id is in header %q", got.header.Get("X-Request-Id"))
		}
		got = s.as(t, op.Method, target, body, "X-Request-Id", "not sane\tat all")
		if id := got.header.Get("X-Request-Id"); id == "" || strings.Contains(id, "sane") {
			t.Errorf("an insane id became %q", id)
		}
	})
}

// reads are the operations that change nothing, although their method could.
var reads = []string{"introspect"}

// A change leaves one audit line, with the user's id where the
// path has it.
func TestEveryChangeIsAudited(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		before := len(s.log.String())
		s.as(t, op.Method, target, body)
		lines := auditLines(t, s.log.String()[before:])
		changes := op.ID == "callback" || op.Method != http.MethodGet && !slices.Contains(reads, op.ID)
		if want := map[bool]int{true: 1, false: 0}[changes]; len(lines) != want {
			t.Fatalf("%d audit lines, want %d: %v", len(lines), want, lines)
		}
		if changes && strings.Contains(op.Path, "{") && !strings.HasPrefix(op.Path, "/jobs/") && lines[0]["user"] != "auth0|66a1b2c3d4e5f60718293a4b" {
			t.Errorf("the user is not named: %v", lines[0])
		}
	})
}

// The lines of a request have its actor, whatever the response is. An invalid actor is refused.
func TestEveryOperationLogsTheActor(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		before := len(s.log.String())
		got := s.as(t, op.Method, target, body, actor, "auth0%7Cstaff-1")
		logged := s.log.String()[before:]
		requests, audits := linesOf(t, logged, "request"), auditLines(t, logged)
		if strings.Contains(string(got.body), actor) || len(requests) != 1 {
			t.Fatalf("%d %s, %d lines", got.status, got.body, len(requests))
		}
		for _, line := range append(requests, audits...) {
			if line["actor"] != "auth0|staff-1" {
				t.Errorf("the line is %v", line)
			}
		}
		for name, values := range map[string][]string{"twice": {"auth0|a", "auth0|b"}, "not an ID": {".."}, "an address, not encoded": {"ada, ada@example.com"}} {
			r, err := http.NewRequestWithContext(t.Context(), op.Method, base+target, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header["X-Actor"], before = values, len(s.log.String())
			if body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			got := s.send(t, r)
			wantAnswer(t, got, 400, "invalid-request")
			if faults, _ := got.json(t)["errors"].([]any); len(faults) != 1 || faults[0].(map[string]any)["field"] != actor {
				t.Errorf("%s: %s", name, got.body)
			}
			if line := linesOf(t, s.log.String()[before:], "request")[0]; line["actor"] != nil {
				t.Errorf("%s: the line is %v", name, line)
			}
		}
	})
}

const actor = "X-Actor"

func auditLines(t *testing.T, log string) []map[string]any { return linesOf(t, log, "audit") }

// linesOf returns the lines of a log with this message.
func linesOf(t *testing.T, log, message string) (lines []map[string]any) {
	t.Helper()
	for text := range strings.Lines(log) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if line["msg"] == message {
			lines = append(lines, line)
		}
	}
	return lines
}

// theirs is text of the provider's that must go nowhere.
const theirs = "PROVIDERS-OWN-WORDS"

// failures are the ways in which a provider fails, and what becomes of them.
func failures() map[string]struct {
	fault  localtenant.Fault
	status int
	code   string
} {
	said := func(status int) localtenant.Fault {
		body, _ := json.Marshal(map[string]any{"statusCode": status, "error": "Error", "message": theirs, "errorCode": "some_code"})
		return localtenant.Fault{Status: status, Body: string(body)}
	}
	idp := said(400)
	idp.Body = strings.Replace(idp.Body, "some_code", "auth0_idp_error", 1)
	limited := said(429)
	limited.Reset = time.Now().Add(never)
	return map[string]struct {
		fault  localtenant.Fault
		status int
		code   string
	}{
		"400":           {said(400), 400, "invalid-request"},
		"400, its own":  {idp, 502, "provider-failed"},
		"401":           {said(401), 500, "service-misconfigured"},
		"403":           {said(403), 500, "service-misconfigured"},
		"418":           {said(418), 502, "provider-failed"},
		"429":           {limited, 429, "too-many-requests"},
		"500":           {said(500), 502, "provider-failed"},
		"503":           {said(503), 503, "provider-unavailable"},
		"504":           {said(504), 504, "provider-timeout"},
		"a redirect":    {localtenant.Fault{Status: 302, Body: theirs, Header: http.Header{"Location": {"http://127.0.0.1:1/"}}}, 502, "provider-failed"},
		"HTML":          {localtenant.Fault{Kind: localtenant.FaultHTML, Body: "<p>" + theirs}, 502, "provider-failed"},
		"HTML with 200": {localtenant.Fault{Kind: localtenant.FaultHTML, Status: 200, Body: "<p>" + theirs}, 502, "provider-failed"},
		"garbage":       {localtenant.Fault{Kind: localtenant.FaultGarbage}, 502, "provider-failed"},
		"no answer":     {localtenant.Fault{Kind: localtenant.FaultReset}, 503, "provider-unavailable"},
		"half a body":   {localtenant.Fault{Kind: localtenant.FaultResetBody}, 503, "provider-unavailable"},
		"half the JSON": {localtenant.Fault{Kind: localtenant.FaultTruncate}, 502, "provider-failed"},
		"silence":       {localtenant.Fault{Kind: localtenant.FaultHang}, 504, "provider-timeout"},
	}
}

// outcome is a status, and a problem's code.
type outcome struct {
	status int
	code   string
}

// exceptions are the failures of which something else becomes.
var exceptions = map[string]map[string]outcome{
	// The provider's answer to a success is a sentence, of which nothing is read.
	"resetpassword": confirmed(outcome{202, ""}),
	// A change with a 2xx status is done; what it has made is read again.
	"blockuser":         confirmed(outcome{200, ""}),
	"unblockuser":       confirmed(outcome{204, ""}),
	"updateuser":        confirmed(outcome{200, ""}),
	"updatemetadata":    confirmed(outcome{200, ""}),
	"updateappmetadata": confirmed(outcome{200, ""}),
	// The same, but where the fault has kept the user from being created, there is
	// nobody to read.
	"createuser": {
		"HTML with 200": {502, "partly-updated"}, "garbage": {502, "partly-updated"},
		"half a body": {201, ""}, "half the JSON": {201, ""},
	},
	// Nothing tells what only the answer held.
	"sendverificationemail":    confirmed(outcome{502, "partly-updated"}),
	"createpasswordticket":     confirmed(outcome{502, "provider-failed"}),
	"createverificationticket": confirmed(outcome{502, "provider-failed"}),
	"enrollmfa":                confirmed(outcome{502, "provider-failed"}),
	// The tenant has not sent the mail of the example, and half a 404 is a 404.
	"getverificationemail": {"half the JSON": {404, "verification-email-not-found"}},
	// Its first call trades the refresh token: whatever the provider has against
	// that is one refusal.
	"refreshtoken": {
		"400":           {400, "refresh-token-refused"},
		"400, its own":  {400, "refresh-token-refused"},
		"418":           {400, "refresh-token-refused"},
		"half the JSON": {500, "service-misconfigured"}, // a 403 without its reason
	},
	// The example's session is not there, which the status alone tells.
	"endsession": {"half the JSON": {404, "session-not-found"}},
	// Its answer says nothing but its status.
	"endsessions": confirmed(outcome{204, ""}),
	// The user of the example has no second factor: again half a 404.
	"createrecoverycode": {
		"half the JSON": {422, "mfa-not-enrolled"},
		"HTML with 200": {502, "partly-updated"}, "garbage": {502, "partly-updated"},
	},
}

// confirmed is the result of a change with a 2xx status and an answer that cannot
// be read.
func confirmed(o outcome) map[string]outcome {
	return map[string]outcome{"HTML with 200": o, "garbage": o, "half a body": o, "half the JSON": o}
}

// TestEveryOperationSurvivesTheProvider makes each call fail that an operation
// makes first, in every way.
func TestEveryOperationSurvivesTheProvider(t *testing.T) {
	for _, op := range contract.Load(t).Operations() {
		target, body := exampleOf(t, op)
		route, ok := firstCall(t, op.Method, target, body)
		if !ok {
			continue
		}
		for i, name := range slices.Sorted(maps.Keys(failures())) {
			tt := failures()[name]
			if known, ok := exceptions[op.ID][name]; ok {
				tt.status, tt.code = known.status, known.code
			}
			if isDeletion(route) && isAfterTheFact(tt.fault) {
				continue // its answer has no body that could be cut
			}
			t.Run(op.ID+" "+name, func(t *testing.T) {
				t.Parallel()
				s := start(t, ways[i%len(ways)], emptyTenant) // what fails behind the handler fails alike in each
				s.calm(t)
				s.addExampleUser()
				s.call("GET", "/users", "") // the token is there now
				survive(t, s, op.Method, target, body, route, tt.fault, tt.status, tt.code)
			})
		}
	}
}

// addExampleUser adds the user whose id is in the contract's examples.
func (s *service) addExampleUser() {
	s.t.Helper()
	s.addUser(localtenant.User{UserID: "66a1b2c3d4e5f60718293a4b", Email: "example@example.com"})
}

// firstCall finds out which call an operation makes first: where that one
// fails, there is no other.
func firstCall(t *testing.T, method, target, body string) (route string, ok bool) {
	t.Helper()
	s := start(t, ways[0], emptyTenant)
	s.calm(t)
	s.addExampleUser()
	s.call("GET", "/users", "")
	callsOf := func() map[string]int {
		s.tenant.Tenant.ResetStats()
		s.call(method, target, body)
		return s.tenant.Tenant.Stats().Routes
	}
	routes := callsOf()
	for route := range routes {
		s.tenant.Tenant.Fail(localtenant.Fault{Route: route, Status: 418})
		calls := callsOf()
		s.tenant.Tenant.ClearFaults()
		if len(calls) == 1 && calls[route] > 0 {
			return route, true
		}
	}
	if len(routes) > 0 {
		t.Fatalf("%s %s: which of %v comes first?", method, target, routes)
	}
	return "", false
}

func isDeletion(route string) bool { return strings.HasPrefix(route, "DELETE ") }

func isAfterTheFact(f localtenant.Fault) bool {
	return f.Kind == localtenant.FaultTruncate || f.Kind == localtenant.FaultResetBody || f.Kind == localtenant.FaultGarbage || f.Status == 200
}

func survive(t *testing.T, s *service, method, target, body, route string, fault localtenant.Fault, status int, code string) {
	t.Helper()
	fault.Route = route
	s.tenant.Tenant.Fail(fault)
	got := s.before(fault).as(t, method, target, body)
	wantAnswer(t, got, status, code)
	for what, text := range map[string]string{"answer": string(got.body) + fmt.Sprint(got.header), "log": s.log.String()} {
		for _, secret := range []string{theirs, localtenant.ClientSecret, "Bearer "} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s holds %q", what, secret)
			}
		}
	}
	if status == http.StatusTooManyRequests {
		if after := got.header.Get("Retry-After"); after == "" || after == "0" {
			t.Errorf("Retry-After is %q", after)
		}
	}
}

// sample is a good request to an operation, and the provider's route that it
// needs first.
type sample struct{ target, body, provider string }

const sampleID = "/users/auth0%7C65e19a100000000000000001"

// samples are for the tests below, which are about single operations.
var samples = map[string]sample{
	"GET /users":         {"/users", "", "GET /api/v2/users"},
	"POST /users":        {"/users", `{"email":"new@example.com"}`, "POST /api/v2/users"},
	"GET /users/{id}":    {sampleID, "", "GET /api/v2/users/{id}"},
	"PATCH /users/{id}":  {sampleID, `{"name":"New"}`, "PATCH /api/v2/users/{id}"},
	"DELETE /users/{id}": {sampleID, "", "DELETE /api/v2/users/{id}"},
}

func TestProvider404And409(t *testing.T) {
	tests := map[string]struct {
		operation      string
		provider, want int
		code           string
	}{
		"get":    {"GET /users/{id}", 404, 404, "user-not-found"},
		"patch":  {"PATCH /users/{id}", 404, 404, "user-not-found"},
		"delete": {"DELETE /users/{id}", 404, 204, ""},
		"list":   {"GET /users", 404, 502, "provider-failed"},
		"create": {"POST /users", 409, 409, "user-exists"},
		"rename": {"PATCH /users/{id}", 409, 409, "user-exists"},
	}
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				method, _, _ := strings.Cut(tt.operation, " ")
				op := samples[tt.operation]
				s.tenant.Tenant.Fail(localtenant.Fault{Route: op.provider, Times: 1, Status: tt.provider})
				wantAnswer(t, s.as(t, method, op.target, op.body), tt.want, tt.code)
			})
		}
	})
}

// earnRetry makes the successful calls that pay for a retry.
func (s *service) earnRetry(t *testing.T) {
	t.Helper()
	for range 11 {
		wantAnswer(t, s.as(t, "GET", "/users?limit=1", ""), 200, "")
	}
}

// What a retry cures is cured, and nothing is done twice.
func TestRetries(t *testing.T) {
	tests := map[string]struct {
		operation string
		fault     localtenant.Fault
		status    int
		calls     int
	}{
		"a read after 500":              {"GET /users/{id}", localtenant.Fault{Status: 500}, 200, 2},
		"a read after no answer":        {"GET /users/{id}", localtenant.Fault{Kind: localtenant.FaultReset}, 200, 2},
		"a read after half":             {"GET /users/{id}", localtenant.Fault{Kind: localtenant.FaultResetBody}, 200, 2},
		"a deletion after 503":          {"DELETE /users/{id}", localtenant.Fault{Status: 503}, 204, 2},
		"a creation after 429":          {"POST /users", localtenant.Fault{Status: 429}, 201, 2},
		"a change after 429":            {"PATCH /users/{id}", localtenant.Fault{Status: 429}, 200, 2},
		"no creation after 500":         {"POST /users", localtenant.Fault{Status: 500}, 502, 1},
		"no creation after no answer":   {"POST /users", localtenant.Fault{Kind: localtenant.FaultReset}, 503, 1},
		"no change after 503":           {"PATCH /users/{id}", localtenant.Fault{Status: 503}, 503, 1},
		"a creation after a 401, once":  {"POST /users", localtenant.Fault{Status: 401}, 201, 3}, // with a fresh token
		"a read after a limit, in time": {"GET /users", localtenant.Fault{Status: 429, Reset: time.Now().Add(time.Second)}, 200, 2},
	}
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				s.earnRetry(t)
				s.as(t, "DELETE", "/users?email=new@example.com", "")
				method, _, _ := strings.Cut(tt.operation, " ")
				op := samples[tt.operation]
				s.tenant.Tenant.ResetStats()
				tt.fault.Route, tt.fault.Times = op.provider, 1
				s.tenant.Tenant.Fail(tt.fault)
				wantAnswer(t, s.as(t, method, op.target, op.body), tt.status, "")
				if got := s.tenant.Tenant.Stats().Requests; got != tt.calls {
					t.Errorf("%d provider calls, want %d: %v", got, tt.calls, s.tenant.Tenant.Stats().Routes)
				}
				if method == "DELETE" { // put Ada back
					_, _ = s.tenant.Tenant.AddUser(localtenant.User{UserID: "65e19a100000000000000001", Email: "ada@example.com"})
				}
			})
		}
	})
}
