package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/permission"
	"usher/localtenant"
)

// withScopes is a front-end whose token has these scopes.
func withScopes(scopes ...string) caller {
	return func(c *events.APIGatewayProxyRequestContext) {
		auths[1].caller("shop")(c)
		c.Authorizer["permissions"] = strings.Join(scopes, " ")
	}
}

// scopesBut are all scopes but one.
func scopesBut(one string) (all []string) {
	for _, group := range permission.All() {
		if group.Scope != one {
			all = append(all, group.Scope)
		}
	}
	return all
}

// What the company decides of users is for tokens with the scope for it, wherever users are shown: the scopes to
// read and to manage users are not enough. An ETag is of what is shown.
func TestAppMetadataTakesItsScope(t *testing.T) {
	s := start(t, auths[1].way)
	all := s.by(withScopes(scopesBut("none")...))
	without := s.by(withScopes(scopesBut("usher:app-metadata")...))
	id := s.addUser(localtenant.User{Email: "plan@example.com", AppMetadata: map[string]any{"plan": "gold"}})
	path := "/users/" + url.PathEscape(id)

	read := without.as(t, "GET", path, "")
	wantAnswer(t, read, 200, "")
	withoutAppMetadata(t, read)
	for _, query := range []string{"", "?email=plan@example.com", "?search=plan", "?limit=1"} {
		got := without.as(t, "GET", "/users"+query, "")
		wantAnswer(t, got, 200, "")
		withoutAppMetadata(t, got)
	}
	whole := all.as(t, "GET", path, "")
	if fmt.Sprint(whole.json(t)["app_metadata"]) != "map[plan:gold]" || whole.header.Get("ETag") == read.header.Get("ETag") {
		t.Errorf("with the scope: %s %s", whole.header.Get("ETag"), whole.body)
	}

	for range 2 { // it stays what it is
		if again := without.as(t, "GET", path, ""); again.header.Get("ETag") != read.header.Get("ETag") {
			t.Errorf("the ETag is another one")
		}
	}
	wantAnswer(t, without.as(t, "PATCH", path, `{"name":"Me"}`, "If-Match", whole.header.Get("ETag")), 412, "precondition-failed")
	changed := without.as(t, "PATCH", path, `{"name":"Me"}`, "If-Match", read.header.Get("ETag"))
	wantAnswer(t, changed, 200, "")
	withoutAppMetadata(t, changed)
	same := without.as(t, "PATCH", path, `{}`, "If-Match", changed.header.Get("ETag"))
	wantAnswer(t, same, 200, "")
	withoutAppMetadata(t, same)

	created := without.as(t, "POST", "/users", `{"email":"mine@example.com"}`, "Idempotency-Key", "k")
	wantAnswer(t, created, 201, "")
	withoutAppMetadata(t, created)
	for _, body := range []string{`{"email":"set@example.com","app_metadata":{"plan":"gold"}}`, `{"email":"set@example.com","app_metadata":{}}`} {
		s.tenant.Tenant.ResetStats()
		wantAnswer(t, without.as(t, "POST", "/users", body), 403, "forbidden")
		wantAnswer(t, without.as(t, "POST", "/users", body, "Idempotency-Key", "k2"), 403, "forbidden")
		if calls := s.tenant.Tenant.Stats().Routes; len(calls) > 0 {
			t.Errorf("the provider was called: %v", calls)
		}
	}
	wantAnswer(t, without.as(t, "GET", "/app-metadata/"+url.PathEscape(id), ""), 403, "forbidden")
	made := all.as(t, "POST", "/users", `{"email":"set@example.com","app_metadata":{"plan":"gold"}}`)
	wantAnswer(t, made, 201, "")
	if !strings.Contains(string(made.body), `"app_metadata":{"plan":"gold"}`) {
		t.Errorf("%s", made.body)
	}
}

// The scope and the limit each keep a front-end from it.
func TestAppMetadataTakesItsScopeAndNoLimit(t *testing.T) {
	s := start(t, auths[1].way)
	limited := s.under(t, auths[1], "refuse", `"app_metadata":false`)
	wantRule(t, limited.by(withScopes(scopesBut("none")...)).as(t, "POST", "/users", `{"email":"a@example.com","app_metadata":{}}`), "shop.app_metadata")
	wantAnswer(t, limited.by(withScopes("usher:manage")).as(t, "POST", "/users", `{"email":"a@example.com","app_metadata":{}}`), 403, "forbidden")
	withoutAppMetadata(t, limited.by(withScopes(scopesBut("none")...)).as(t, "GET", "/users", ""))
	withoutAppMetadata(t, limited.by(withScopes("usher:read")).as(t, "GET", "/users", ""))
}
