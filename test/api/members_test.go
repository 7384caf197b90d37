package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"usher/test/contract"
)

// schema is what these tests read of a schema.
type schema struct {
	Ref        string               `yaml:"$ref"`
	Type       any                  `yaml:"type"` // a name, or a list of names
	Properties map[string]yaml.Node `yaml:"properties"`
	Required   []string             `yaml:"required"`
	AllOf      []schema             `yaml:"allOf"`
}

func (s schema) is(kind string) bool {
	return slices.Contains(strings.Fields(strings.Trim(fmt.Sprint(s.Type), "[]")), kind)
}

// bodySchema is the schema of an operation's body.
type bodySchema struct {
	members  map[string]schema
	required []string
	patch    bool // a JSON merge patch, in which null removes a member
}

// bodySchemas reads the contract's bodies with named members, by method and path.
func bodySchemas(t *testing.T) map[string]bodySchema {
	t.Helper()
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths      map[string]map[string]yaml.Node
		Components struct{ Schemas map[string]schema }
	}
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	resolve := func(s schema) schema {
		for s.Ref != "" {
			s = document.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
		}
		return s
	}
	bodies := map[string]bodySchema{}
	for _, op := range contract.Load(t).Operations() {
		var operation struct {
			RequestBody struct {
				Content map[string]struct{ Schema schema }
			} `yaml:"requestBody"`
		}
		node := document.Paths[op.Path][strings.ToLower(op.Method)]
		if err := node.Decode(&operation); err != nil {
			t.Fatalf("%s %s: %v", op.Method, op.Path, err)
		}
		content := operation.RequestBody.Content
		whole := resolve(content["application/json"].Schema)
		b := bodySchema{members: map[string]schema{}, required: whole.Required, patch: op.Method == "PATCH"}
		for _, part := range append(whole.AllOf, whole) {
			for name, node := range resolve(part).Properties {
				var member schema
				if err := node.Decode(&member); err != nil {
					t.Fatalf("%s %s: %s: %v", op.Method, op.Path, name, err)
				}
				b.members[name] = resolve(member)
			}
		}
		if len(b.members) > 0 {
			bodies[op.Method+" "+op.Path] = b
		}
	}
	return bodies
}

// usual are good bodies, as small as possible, of the operations with optional members or integers.
var usual = map[string]string{
	"POST /users":                     `{"email":"member@example.com"}`,
	"PATCH /users/{id}":               `{}`,
	"POST /password-resets":           `{"email":"ada@example.com"}`,
	"POST /password-tickets":          `{"user_id":"` + ada + `"}`,
	"POST /verification-tickets":      `{"user_id":"` + ada + `"}`,
	"POST /mfa/{user_id}/enrollments": `{}`,
}

// withMember returns the body with a member that replaces one of the same name.
func withMember(t *testing.T, body, name, value string) string {
	t.Helper()
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		t.Fatal(err)
	}
	members[name] = json.RawMessage(value)
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func pathOf(route string) (method, target string) {
	method, path, _ := strings.Cut(route, " ")
	return method, strings.NewReplacer("{id}", adasID, "{user_id}", adasID).Replace(path)
}

// No body but a merge patch may have a null: a schema of one type does not allow it.
func TestNullIsRefused(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		count := 0
		for route, b := range bodySchemas(t) {
			method, target := pathOf(route)
			for name, member := range b.members {
				if member.is("null") {
					if !b.patch {
						t.Errorf("%s: the schema of %s has null", route, name)
					}
					continue
				}
				count++
				got := s.as(t, method, target, withMember(t, `{}`, name, "null"))
				if got.status != 400 || got.code(t) != "invalid-request" || !strings.Contains(string(got.body), `"errors":[{"field":"`+name+`",`) {
					t.Errorf("%s %s: %d %s", route, name, got.status, got.body)
				}
			}
		}
		if count < 35 {
			t.Errorf("%d members", count)
		}
	})
}

// An integer is a number without a fraction, however it is written (JSON Schema 2020-12, 4.2.3).
func TestIntegersInAnyNotation(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		count := 0
		for route, b := range bodySchemas(t) {
			method, target := pathOf(route)
			body := usual[route]
			if route == "POST /users" {
				body = withMember(t, body, "invite", `"link"`)
			}
			for name, member := range b.members {
				if !member.is("integer") || name == "delete" { // see TestNumbersOfConfirmations
					continue
				}
				count++
				for i, good := range []string{"600", "600.0", "6e2", "6.0E+2", "60000e-2", "600.000e0", "60", "2592000", "2.592e6"} {
					if route == "POST /users" {
						body = withMember(t, body, "email", fmt.Sprintf(`"integer%d@example.com"`, i))
					}
					if got := s.as(t, method, target, withMember(t, body, name, good)); got.status != 201 {
						t.Errorf("%s %s %s: %d %s", route, name, good, got.status, got.body)
					}
				}
				for _, bad := range []string{
					"633.5", "6e-1", "600.00000000000000000001", "1e400", "1e19", "1e9223372036854775807", "1e99999999999999999999", "9223372036854775808",
					"-600", "0", "-0.0", "0e400", "59", "59.0", "2592001", "2592.001e3", "1e18", `"600"`, "true", "[600]", "{}",
				} {
					got := s.as(t, method, target, withMember(t, body, name, bad))
					if got.status != 400 || got.code(t) != "invalid-request" || !strings.Contains(string(got.body), `"field":"`+name+`"`) {
						t.Errorf("%s %s %s: %d %s", route, name, bad, got.status, got.body)
					}
				}
			}
		}
		if count != 3 {
			t.Errorf("%d integers", count)
		}
	})
}

// neutral are the values of optional members that mean the same as an absent member.
var neutral = map[string]map[string]string{
	"POST /users":                     {"verify_email": "false", "ttl": "432000", "verifies_email": "false", "email_verified": "false", "metadata": "{}", "app_metadata": "{}"},
	"PATCH /users/{id}":               {"verify_email": "false", "revoke_sessions": "false"},
	"POST /password-resets":           {"connection": `"Username-Password-Authentication"`},
	"POST /password-tickets":          {"ttl": "432000", "verifies_email": "false"},
	"POST /verification-tickets":      {"ttl": "432000"},
	"POST /mfa/{user_id}/enrollments": {"delivery": `"link"`, "allow_multiple": "false"},
}

// hasNeutral are the kinds of members that clients send unasked, with the value that their language or
// the contract gives them. A text is either meant or absent. These two are meant as well.
func hasNeutral(route, name string, s schema) bool {
	isMeant := route == "PATCH /users/{id}" && name == "email_verified"
	return (s.is("boolean") || s.is("integer") || s.is("object")) && !isMeant
}

// A neutral value changes nothing: the answer and the calls to the provider are those without it.
func TestNeutralValuesMeanNothing(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.call("GET", "/users", "") // the token is there now
		for route, b := range bodySchemas(t) {
			for name, member := range b.members {
				if _, known := neutral[route][name]; hasNeutral(route, name, member) && !known && !slices.Contains(b.required, name) {
					t.Errorf("%s: the neutral value of %s is not tested", route, name)
				}
			}
		}
		for route := range neutral {
			variants := []string{""}
			if route == "POST /users" {
				variants = []string{"", `"email"`, `"link"`}
			}
			for _, invite := range variants {
				s.tryNeutral(t, route, invite)
			}
		}
	})
}

func (s *service) tryNeutral(t *testing.T, route, invite string) {
	t.Helper()
	body := usual[route]
	if invite != "" {
		body = withMember(t, body, "invite", invite)
	}
	plain := s.outcomeOf(t, route, body)
	all := body
	for name, value := range neutral[route] {
		all = withMember(t, all, name, value)
		if got := s.outcomeOf(t, route, withMember(t, body, name, value)); got != plain {
			t.Errorf("%s with invite %q and %s %s:\n%s\nwithout:\n%s", route, invite, name, value, got, plain)
		}
	}
	if got := s.outcomeOf(t, route, all); got != plain {
		t.Errorf("%s with invite %q and all neutral values:\n%s\nwithout:\n%s", route, invite, got, plain)
	}
}

// outcomeOf makes a request, and describes what it did. It deletes a user that was created.
func (s *service) outcomeOf(t *testing.T, route, body string) string {
	t.Helper()
	method, target := pathOf(route)
	s.tenant.Tenant.ResetStats()
	mails := len(s.tenant.Tenant.Outbox())
	got := s.as(t, method, target, body)
	if got.status >= 400 {
		t.Fatalf("%s %s: %d %s", route, body, got.status, got.body)
	}
	routes := s.tenant.Tenant.Stats().Routes
	answer := got.json(t)
	outcome := fmt.Sprintf("%d %v, %d mails, calls %v", got.status, slices.Sorted(maps.Keys(answer)), len(s.tenant.Tenant.Outbox())-mails, routes)
	if route == "POST /users" {
		outcome += fmt.Sprintf(", verified %v, metadata %v %v", answer["email_verified"], answer["metadata"], answer["app_metadata"])
		wantAnswer(t, s.as(t, "DELETE", "/users?email=member@example.com", ""), 204, "")
	}
	return outcome
}
