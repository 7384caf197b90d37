package api

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"usher/localtenant"
	"usher/test/contract"
)

// ofUser finds the id of a user in a body and in a path.
var (
	userInBody = regexp.MustCompile(`"user_id":"[^"]*"`)
	userInPath = regexp.MustCompile(`\{user_id\}|^(/users/)\{id\}`)
)

// namesUserInBody finds the provider's routes that have the user's ID in the body.
var namesUserInBody = regexp.MustCompile(`^POST /api/v2/(tickets|guardian|jobs)/`)

// about is an operation's request about one user, ok where it is about one.
func about(t *testing.T, op contract.Operation, id string) (target, body string, ok bool) {
	example, body := exampleOf(t, op)
	isInBody := userInBody.MatchString(body)
	if !userInPath.MatchString(op.Path) {
		return example, userInBody.ReplaceAllLiteralString(body, `"user_id":"`+id+`"`), isInBody
	}
	segments, filled := strings.Split(op.Path, "/"), strings.Split(example, "/")
	for i, segment := range segments {
		if segment == "{user_id}" || op.Path == "/users/{id}" && segment == "{id}" {
			filled[i] = url.PathEscape(id)
		}
	}
	return strings.Join(filled, "/"), body, true
}

// What has not the form of a user's id is nobody's, and so answered as an id that nobody has:
// by a tenant that refuses the form with 400, too, as Auth0 does for a path as well as a body.
func TestWhatIsNoUserIDIsNobodys(t *testing.T) {
	const inBody = `{"statusCode":400,"error":"Bad Request","message":"Payload validation error: 'String does not match the pattern' on property user_id (The user_id of the user).","errorCode":"invalid_body"}`
	const inPath = `{"statusCode":400,"error":"Bad Request","message":"Path validation error: 'Object didn't pass validation for format user-id: abc' on property id (The user_id of the user to retrieve).","errorCode":"invalid_uri"}`
	var count atomic.Int64
	t.Cleanup(func() {
		if n := int(count.Load()); n < 25*len(everyWay()) {
			t.Errorf("%d operations in %d ways", n, len(everyWay()))
		}
	})
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, _, _ string) {
		target, body, ok := about(t, op, "auth0|nobody")
		if !ok || op.ID == "linkidentity" {
			return // its proofs are looked at before
		}
		count.Add(1)
		s.calm(t)
		s.tenant.Tenant.ResetStats()
		want := s.as(t, op.Method, target, body)
		routes := s.tenant.Tenant.Stats().Routes
		for _, refused := range []bool{false, true} {
			for route := range routes {
				switch {
				case refused && strings.Contains(route, "/user") && strings.Contains(route, "{"):
					s.tenant.Tenant.Fail(localtenant.Fault{Route: route, Status: http.StatusBadRequest, Body: inPath})
				case refused && namesUserInBody.MatchString(route):
					s.tenant.Tenant.Fail(localtenant.Fault{Route: route, Status: http.StatusBadRequest, Body: inBody})
				}
			}
			for _, id := range []string{"abc", "65e19a100000000000000070", "auth0", "ada@example.com", "a b", "|", "auth0|", "|1", "é", strings.Repeat("a", 400)} {
				target, body, _ := about(t, op, id)
				got := s.as(t, op.Method, target, body)
				if got.status != want.status || got.status >= 400 && got.code(t) != want.code(t) {
					t.Errorf("%s (refused: %v): %d %s, want %d %s", id, refused, got.status, got.body, want.status, want.body)
				}
			}
			s.tenant.Tenant.ClearFaults()
		}
	})
}
