package description_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"usher/localtenant/description"
)

// TestPatterns compiles every pattern of the description, as requests will.
func TestPatterns(t *testing.T) {
	api := load(t)
	n := 0
	for name, s := range api.Components.Schemas {
		n += compile(t, name, s)
	}
	for path, methods := range api.Paths {
		for _, op := range methods {
			for _, p := range op.Parameters {
				n += compile(t, path, p.Schema)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d patterns", n)
	}
}

func load(t *testing.T) *description.API {
	t.Helper()
	api, err := description.Load()
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func compile(t *testing.T, where string, s *description.Schema) int {
	t.Helper()
	if s == nil {
		return 0
	}
	n := compile(t, where, s.Items)
	if s.Pattern != "" {
		n++
		// Answers are not checked here, and one of their patterns is none to Go.
		if _, err := regexp.Compile(s.Pattern); err != nil && s.Pattern != `^\+[0-9]{8, 20}` {
			t.Errorf("%s: %v", where, err)
		}
	}
	for _, p := range s.Properties {
		n += compile(t, where, p)
	}
	return n
}

func TestCheck(t *testing.T) {
	api := load(t)
	for name, c := range map[string]struct {
		pattern, query, contentType, body string
		status                            int
		message                           string
	}{
		"good":              {"POST /api/v2/roles", "", "application/json", `{"name":"x"}`, 0, ""},
		"charset":           {"POST /api/v2/roles", "", "application/json; charset=utf-8", `{"name":"x"}`, 0, ""},
		"no content type":   {"POST /api/v2/roles", "", "", `{"name":"x"}`, 0, ""},
		"media type":        {"POST /api/v2/roles", "", "text/plain", `{"name":"x"}`, 415, "Unsupported Media Type"},
		"not JSON":          {"POST /api/v2/roles", "", "", `{`, 400, "Invalid request payload JSON format"},
		"two values":        {"POST /api/v2/roles", "", "", `{"name":"x"} {}`, 400, "Invalid request payload JSON format"},
		"no body":           {"POST /api/v2/roles", "", "", ``, 400, "Payload validation error: 'Missing required property: name'."},
		"not an object":     {"POST /api/v2/roles", "", "", `[]`, 400, "Payload validation error: 'Expected type object but found type array'."},
		"null":              {"POST /api/v2/roles", "", "", `null`, 400, "Payload validation error: 'Expected type object but found type null'."},
		"in an array":       {"POST /api/v2/users/{id}/roles", "", "", `{"roles":["a",""]}`, 400, "Payload validation error: 'String is too short (0 chars), minimum 1' on property roles[1]."},
		"empty array":       {"POST /api/v2/users/{id}/roles", "", "", `{"roles":[]}`, 400, "Payload validation error: 'Array is too short (0), minimum 1' on property roles."},
		"fraction":          {"POST /api/v2/tickets/password-change", "", "", `{"ttl_sec":1.5}`, 400, "Payload validation error: 'Expected type integer but found type number' on property ttl_sec."},
		"too small":         {"POST /api/v2/tickets/password-change", "", "", `{"ttl_sec":-1}`, 400, "Payload validation error: 'Value -1 is less than minimum 0' on property ttl_sec."},
		"enum":              {"POST /api/v2/users/{id}/authentication-methods", "", "", `{"type":"sms"}`, 400, "Payload validation error: 'No enum match for: sms' on property type."},
		"nested":            {"POST /api/v2/tickets/password-change", "", "", `{"identity":{"user_id":"x","provider":"github"}}`, 400, "Payload validation error: 'No enum match for: github' on property identity.provider."},
		"one of":            {"POST /api/v2/users/{id}/identities", "", "", `{"user_id":true}`, 400, "Payload validation error: 'None of the valid schemas were met' on property user_id."},
		"either of":         {"POST /api/v2/users/{id}/identities", "", "", `{"user_id":5}`, 0, ""},
		"too few":           {"PATCH /api/v2/sessions/{id}", "", "", `{}`, 400, "Payload validation error: 'Too few properties defined (0), minimum 1'."},
		"too many":          {"PATCH /api/v2/sessions/{id}", "", "", `{"session_metadata":{` + many(26) + `}}`, 400, "Payload validation error: 'Too many properties defined (26), maximum 25' on property session_metadata."},
		"hostname":          {"POST /api/v2/users/{id}/authentication-methods", "", "", `{"type":"passkey","relying_party_identifier":"-x"}`, 400, "Payload validation error: 'Object didn't pass validation for format hostname: -x' on property relying_party_identifier."},
		"user id":           {"POST /api/v2/jobs/verification-email", "", "", `{"user_id":"x"}`, 400, "Payload validation error: 'Object didn't pass validation for format user-id: x' on property user_id."},
		"strategy":          {"GET /api/v2/connections", "strategy=auth0&strategy=nope", "", ``, 400, "Query validation error: 'No enum match for: nope' on property strategy."},
		"missing parameter": {"GET /api/v2/users-by-email", "", "", ``, 400, "Query validation error: 'Missing required property: email'."},
	} {
		t.Run(name, func(t *testing.T) {
			op, ok := api.Operation(c.pattern)
			if !ok {
				t.Fatal("not described")
			}
			method, _, _ := strings.Cut(c.pattern, " ")
			r := httptest.NewRequest(method, "/?"+c.query, nil)
			r.Header.Set("Content-Type", c.contentType)
			err := api.Check(op, r, []byte(c.body))
			bad, ok := errors.AsType[*description.RequestError](err)
			switch {
			case c.status == 0 && err != nil:
				t.Error(err)
			case c.status != 0 && (!ok || bad.Status != c.status || bad.Message != c.message):
				t.Errorf("%v, want %d %s", err, c.status, c.message)
			case c.status == http.StatusBadRequest && bad.Code == "":
				t.Error("no error code")
			}
		})
	}
}

func many(n int) string {
	var parts []string
	for i := range n {
		parts = append(parts, `"`+strings.Repeat("k", i+1)+`":1`)
	}
	return strings.Join(parts, ",")
}

func TestValidEmail(t *testing.T) {
	for email, want := range map[string]bool{
		"a@b.co": true, "a.b+c@d-e.example.com": true, "ä@example.com": true, "a@b": false, "a": false, "@b.co": false, "a@": false,
		"A <a@b.co>": false, "a@b.co, c@d.co": false, `"a b"@c.co`: false, "a@b.co ": false, "": false,
		strings.Repeat("a", 320) + "@b.co": false,
	} {
		if got := description.ValidEmail(email); got != want {
			t.Errorf("%q: %v", email, got)
		}
	}
}
