package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/contract"
	"usher/internal/localtenant"
)

// sample is a good request to an operation, and the provider's route that it
// needs first; "" for none.
type sample struct {
	target, body, provider string
	freeQuery              bool // takes parameters that it does not know
}

const sampleID = "/users/auth0%7C65e19a100000000000000001"

// samples has one for every operation of the contract, so that every operation
// goes through the checks below. Callback needs a sign-in, and has its own.
var samples = map[string]sample{
	"GET /users":         {target: "/users", provider: "GET /api/v2/users"},
	"POST /users":        {target: "/users", body: `{"email":"new@example.com"}`, provider: "POST /api/v2/users"},
	"GET /users/{id}":    {target: sampleID, provider: "GET /api/v2/users/{id}"},
	"PATCH /users/{id}":  {target: sampleID, body: `{"name":"New"}`, provider: "PATCH /api/v2/users/{id}"},
	"DELETE /users/{id}": {target: sampleID, provider: "DELETE /api/v2/users/{id}"},
	"DELETE /users":      {target: "/users", body: `{"email":"ada@example.com"}`, provider: "GET /api/v2/users-by-email"},
	"GET /login":         {target: "/login"},
	"GET /callback":      {target: "/callback", freeQuery: true},
}

// eachOperation runs a check on every operation of the contract.
func eachOperation(t *testing.T, check func(t *testing.T, s *service, method string, op sample)) {
	t.Helper()
	eachWay(t, func(t *testing.T, s *service) {
		for _, declared := range contract.Load(t).Operations() {
			key := declared.Method + " " + declared.Path
			op, ok := samples[key]
			if !ok {
				t.Errorf("%s has no sample", key)
				continue
			}
			t.Run(key, func(t *testing.T) { check(t, s, declared.Method, op) })
		}
	})
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
		"too large":       {`{"email":"` + strings.Repeat("a", 64<<10) + `"}`, "application/json", 413},
	}
	eachOperation(t, func(t *testing.T, s *service, method string, op sample) {
		if op.body == "" {
			return // the contract declares no body, and none is read
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				r, err := http.NewRequestWithContext(t.Context(), method, base+op.target, strings.NewReader(tt.body))
				if err != nil {
					t.Fatal(err)
				}
				if tt.mediaType != "" {
					r.Header.Set("Content-Type", tt.mediaType)
				}
				wantAnswer(t, s.send(t, r), tt.status, "")
			})
		}
	})
}

func TestEveryOperationRefusesUnknownParameters(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, method string, op sample) {
		if !op.freeQuery {
			wantAnswer(t, s.as(t, method, op.target+"?colour=red", op.body), 400, "invalid-request")
		}
	})
}

func TestEveryOperationRefusesOtherMethods(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, _ string, op sample) {
		if s.way.gateway {
			return // the gateway has no such route, and answers itself
		}
		got := s.as(t, "PUT", op.target, "{}")
		wantAnswer(t, got, 405, "method-not-allowed")
		if got.header.Get("Allow") == "" {
			t.Error("no Allow header")
		}
		wantAnswer(t, s.as(t, "GET", "/nowhere", ""), 404, "no-such-route")
	})
}

func TestEveryOperationKeepsTheRequestID(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, method string, op sample) {
		got := s.as(t, method, op.target, op.body, "X-Request-Id", "mine-1")
		if got.header.Get("X-Request-Id") != "mine-1" || !strings.Contains(s.log.String(), `"request_id":"mine-1"`) {
			t.Errorf("the id is in header %q", got.header.Get("X-Request-Id"))
		}
		got = s.as(t, method, op.target, op.body, "X-Request-Id", "not sane\tat all")
		if id := got.header.Get("X-Request-Id"); id == "" || strings.Contains(id, "sane") {
			t.Errorf("an insane id became %q", id)
		}
	})
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
	limited := said(429)
	limited.Reset = time.Now().Add(40 * time.Second)
	return map[string]struct {
		fault  localtenant.Fault
		status int
		code   string
	}{
		"400":           {said(400), 400, "invalid-request"},
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

func TestEveryOperationSurvivesTheProvider(t *testing.T) {
	for name, tt := range failures() {
		for key, op := range samples {
			method, path, _ := strings.Cut(key, " ")
			if op.provider == "" || method == "DELETE" && strings.Contains(path, "{") && isAfterTheFact(tt.fault) {
				continue // a deletion has no answer that could be cut
			}
			t.Run(name+" "+key, func(t *testing.T) {
				t.Parallel()
				eachWay(t, func(t *testing.T, s *service) {
					s.calm(t)
					s.call("GET", "/users", "") // the token is there now
					survive(t, s, method, op, tt.fault, tt.status, tt.code)
				})
			})
		}
	}
}

func isAfterTheFact(f localtenant.Fault) bool {
	return f.Kind == localtenant.FaultTruncate || f.Kind == localtenant.FaultResetBody || f.Kind == localtenant.FaultGarbage || f.Status == 200
}

func survive(t *testing.T, s *service, method string, op sample, fault localtenant.Fault, status int, code string) {
	t.Helper()
	fault.Route = op.provider
	s.tenant.Tenant.Fail(fault)
	got := s.as(t, method, op.target, op.body)
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
				s.as(t, "GET", "/users", "")
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
