package localtenant_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// alsoNeeded are scopes that a route takes beside one of those in the table.
var alsoNeeded = map[string][]string{"GET /api/v2/clients/{id}/connections": {"read:client_summary"}}

// TestEveryRouteGuards calls each route of the Management API without a token,
// without its scopes, and over the rate limit.
func TestEveryRouteGuards(t *testing.T) {
	s := tenanttest.Start(t)
	token := newAPI(t, s).token
	for _, r := range s.Tenant.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if !strings.HasPrefix(path, "/api/v2/") {
			continue
		}
		path = strings.NewReplacer("{id}", "x", "{user_id}", "y", "{provider}", "auth0", "{authentication_method_id}", "z", "{triggerId}", "post-login").Replace(path)
		t.Run(r.Pattern, func(t *testing.T) {
			if len(r.Scopes) == 0 {
				t.Fatal("a route of the Management API without scopes")
			}
			(&api{t: t, url: s.URL}).obj(method, path, nil, 401)
			s.Tenant.SetScopes("read:nothing")
			body := newAPI(t, s).obj(method, path, nil, 403)
			want := "Insufficient scope, expected any of: " + strings.Join(r.Scopes, ",")
			if body["message"] != want || body["errorCode"] != "insufficient_scope" {
				t.Errorf("got %v, want %s", body, want)
			}
			for _, scope := range r.Scopes {
				s.Tenant.SetScopes(append(alsoNeeded[r.Pattern], scope)...)
				if status, body := newAPI(t, s).call(method, path, nil); status == 401 || status == 403 {
					t.Errorf("with %s: %d %v", scope, status, body)
				}
			}
			s.Tenant.Fail(localtenant.Fault{Route: r.Pattern, Times: 1, Status: 429})
			(&api{t: t, url: s.URL, token: token}).obj(method, path, nil, 429)
		})
	}
	s.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/jobs/users-imports", Times: 1, Status: 500})
	(&api{t: t, url: s.URL, token: token}).obj("POST", "/api/v2/jobs/users-imports", nil, 500)
	s.Tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users", Times: 1, Status: 503})
	(&api{t: t, url: s.URL, token: token}).obj("GET", "/api/v2/users", nil, 503)
}

// TestBadRequests shows each route's 400 and 404 that no other test shows.
func TestBadRequests(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	ada := "auth0%7C65e19a100000000000000001"
	none := map[string]any{}
	for _, c := range []struct {
		method, path string
		in           any
		want         int
	}{
		{"GET", "/api/v2/connections?per_page=0", nil, 400},
		{"GET", "/api/v2/clients/nobody/connections", nil, 404},
		{"GET", "/api/v2/users/" + ada + "/authentication-methods?per_page=x", nil, 400},
		{"GET", "/api/v2/users/nobody/authentication-methods", nil, 404},
		{"GET", "/api/v2/users/nobody/enrollments", nil, 404},
		{"GET", "/api/v2/users/" + ada + "/logs?sort=x", nil, 400},
		{"GET", "/api/v2/logs/900", nil, 404},
		{"GET", "/api/v2/jobs/job_0000000000000000", nil, 404},
		{"GET", "/api/v2/jobs/job_0000000000000000/errors", nil, 404},
		{"GET", "/api/v2/roles?per_page=0", nil, 400},
		{"GET", "/api/v2/roles/rol_none", nil, 404},
		{"PATCH", "/api/v2/roles/rol_none", map[string]any{"nam": "x"}, 400},
		{"GET", "/api/v2/roles/rol_none/users?take=0", nil, 400},
		{"GET", "/api/v2/roles/rol_none/users", nil, 404},
		{"POST", "/api/v2/roles/rol_none/users", none, 400},
		{"POST", "/api/v2/roles/rol_none/users", map[string]any{"users": []string{"auth0|1"}}, 404},
		{"POST", "/api/v2/roles", none, 400},
		{"DELETE", "/api/v2/roles/rol_none", nil, 404},
		{"POST", "/api/v2/users/" + ada + "/roles", map[string]any{"roles": []string{}}, 400},
		{"POST", "/api/v2/users/" + ada + "/roles", map[string]any{"roles": []string{"rol_none"}}, 400},
		{"POST", "/api/v2/users/nobody/roles", map[string]any{"roles": []string{"rol_none"}}, 400},
		{"GET", "/api/v2/sessions/none", nil, 404},
		{"PATCH", "/api/v2/sessions/none", none, 400},
		{"PATCH", "/api/v2/sessions/none", map[string]any{"session_metadata": none}, 404},
		{"POST", "/api/v2/sessions/none/revoke", nil, 404},
		{"GET", "/api/v2/refresh-tokens?take=0", nil, 400},
		{"GET", "/api/v2/refresh-tokens/none", nil, 404},
		{"PATCH", "/api/v2/refresh-tokens/none", none, 400},
		{"PATCH", "/api/v2/refresh-tokens/none", map[string]any{"refresh_token_metadata": none}, 404},
		{"POST", "/api/v2/refresh-tokens/revoke", none, 400},
		{"POST", "/api/v2/users/" + ada + "/revoke-access", map[string]any{"session": "x"}, 400},
		{"GET", "/api/v2/user-blocks", nil, 400},
		{"DELETE", "/api/v2/user-blocks", nil, 400},
		{"GET", "/api/v2/user-blocks/nobody?consider_brute_force_enablement=x", nil, 400},
		{"GET", "/api/v2/user-blocks/nobody", nil, 404},
		{"DELETE", "/api/v2/user-blocks/nobody", nil, 404},
		{"DELETE", "/api/v2/users/" + ada + "/multifactor/nope", nil, 400},
		{"DELETE", "/api/v2/users/nobody/multifactor/duo", nil, 404},
		{"POST", "/api/v2/users/nobody/recovery-code-regeneration", nil, 404},
		{"POST", "/api/v2/guardian/enrollments/ticket", none, 400},
		{"POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": "auth0|nobody"}, 404},
		{"GET", "/api/v2/guardian/enrollments/nope", nil, 400},
		{"DELETE", "/api/v2/guardian/enrollments/nope", nil, 400},
		{"GET", "/api/v2/guardian/enrollments/dev_0000000000000001", nil, 404},
		{"DELETE", "/api/v2/guardian/enrollments/dev_0000000000000001", nil, 404},
		{"POST", "/api/v2/tickets/email-verification", none, 400},
		{"POST", "/api/v2/tickets/email-verification", map[string]any{"user_id": "auth0|nobody"}, 404},
		{"POST", "/api/v2/tickets/password-change", none, 400},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"user_id": "auth0|nobody"}, 404},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"user_id": "github|1024025"}, 400},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"user_id": "auth0|65e19a100000000000000001", "identity": map[string]any{"provider": "auth0", "user_id": "none"}}, 404},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"user_id": "a|b", "email": "a@b.co"}, 400},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"email": "a@b.co", "connection_id": "con_0000000000000000"}, 404},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"user_id": "a|b", "result_url": "http://x/", "client_id": "c"}, 400},
		{"POST", "/api/v2/tickets/password-change", map[string]any{"user_id": "a|b", "ttl_sec": -1}, 400},
		{"POST", "/api/v2/jobs/verification-email", none, 400},
		{"POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": "auth0|nobody"}, 400},
		{"POST", "/api/v2/users/" + ada + "/authentication-methods", map[string]any{"type": "email"}, 400},
		{"POST", "/api/v2/users/" + ada + "/authentication-methods", map[string]any{"type": "sms"}, 400},
		{"POST", "/api/v2/users/nobody/authentication-methods", map[string]any{"type": "email", "email": "a@b.co"}, 404},
		{"PUT", "/api/v2/users/" + ada + "/authentication-methods", []any{map[string]any{"type": "totp"}}, 400},
		{"PUT", "/api/v2/users/nobody/authentication-methods", []any{}, 400},
		{"GET", "/api/v2/users/" + ada + "/authentication-methods/totp%7Cdev_1", nil, 404},
		{"PATCH", "/api/v2/users/" + ada + "/authentication-methods/totp%7Cdev_1", map[string]any{"name": 1}, 400},
		{"PATCH", "/api/v2/users/" + ada + "/authentication-methods/totp%7Cdev_1", map[string]any{"name": "x"}, 404},
		{"DELETE", "/api/v2/users/" + ada + "/authentication-methods/totp%7Cdev_1", nil, 404},
		{"POST", "/api/v2/users/" + ada + "/identities", none, 400},
		{"POST", "/api/v2/users/" + ada + "/identities", map[string]any{"provider": "auth0"}, 400},
		{"POST", "/api/v2/users/" + ada + "/identities", map[string]any{"provider": "auth0", "user_id": "none"}, 400},
		{"POST", "/api/v2/users/" + ada + "/identities", map[string]any{"link_with": "x.y.z"}, 400},
		{"POST", "/api/v2/users/nobody/identities", map[string]any{"provider": "auth0", "user_id": "none"}, 400},
		{"DELETE", "/api/v2/users/nobody/identities/auth0/1", nil, 400},
		{"DELETE", "/api/v2/users/" + ada + "/identities/auth0/none", nil, 400},
		{"DELETE", "/api/v2/users/" + ada + "/identities/auth0/65e19a100000000000000001", nil, 400},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) { a.obj(c.method, c.path, c.in, c.want) })
	}
}

func TestRoles(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	made := a.obj("POST", "/api/v2/roles", map[string]any{"name": "editor", "description": "Edits"}, 200)
	path := "/api/v2/roles/" + made["id"].(string)
	if !strings.HasPrefix(path, "/api/v2/roles/rol_") || made["name"] != "editor" {
		t.Errorf("made %v", made)
	}
	a.obj("POST", "/api/v2/roles", map[string]any{"name": "Editor"}, 409)
	if got := a.obj("PATCH", path, map[string]any{"description": "Edits all"}, 200); got["description"] != "Edits all" || got["name"] != "editor" {
		t.Errorf("patched %v", got)
	}
	a.obj("GET", path, nil, 200)
	var ids []string
	for i := range 3 {
		ids = append(ids, a.addUser(fmt.Sprintf("u%d@example.com", i)))
	}
	a.obj("POST", path+"/users", map[string]any{"users": ids[:2]}, 200)
	a.obj("POST", "/api/v2/users/"+escape(ids[2])+"/roles", map[string]any{"roles": []any{made["id"]}}, 204)
	a.obj("POST", "/api/v2/users/"+escape(ids[2])+"/roles", map[string]any{"roles": []any{made["id"]}}, 204) // again is no error
	page := a.obj("GET", path+"/users?include_totals=true", nil, 200)
	if page["total"] != 3.0 || page["limit"] != 50.0 {
		t.Errorf("members %v", page)
	}
	first := a.obj("GET", path+"/users?take=2", nil, 200)
	rest := a.obj("GET", path+"/users?take=2&from="+escape(first["next"].(string)), nil, 200)
	if len(first["users"].([]any)) != 2 || len(rest["users"].([]any)) != 1 || rest["next"] != nil {
		t.Errorf("checkpoints %v, %v", first, rest)
	}
	a.obj("GET", path+"/users?page=20", nil, 400)
	if got := a.list("/api/v2/users/" + escape(ids[0]) + "/roles"); len(got) != 1 || got[0]["id"] != made["id"] {
		t.Errorf("roles of a user %v", got)
	}
	if got := a.obj("GET", "/api/v2/roles?include_totals=true&name_filter=EDIT", nil, 200); got["total"] != 1.0 {
		t.Errorf("filtered %v", got)
	}
	a.obj("DELETE", "/api/v2/users/"+escape(ids[0])+"/roles", map[string]any{"roles": []any{made["id"]}}, 204)
	a.obj("DELETE", "/api/v2/users/"+escape(ids[1]), nil, 204)
	if got := a.list(path + "/users"); len(got) != 1 {
		t.Errorf("left %v", got)
	}
	a.obj("DELETE", path, nil, 200)
	a.obj("DELETE", path, nil, 404)
}

func TestIdentities(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	main, other := a.addUser("main@example.com"), a.addUser("other@example.com")
	path := "/api/v2/users/" + escape(main)
	local := strings.TrimPrefix(other, "auth0|")
	link := func(provider, id string, want int) []any {
		t.Helper()
		status, body := a.call("POST", path+"/identities", map[string]any{"provider": provider, "user_id": id})
		if status != want {
			t.Fatalf("%d %v, want %d", status, body, want)
		}
		list, _ := body.([]any)
		return list
	}
	list := link("auth0", other, 201) // with the prefix or without
	if len(list) != 2 {
		t.Fatalf("identities %v", list)
	}
	for i, want := range []string{"main@example.com", "other@example.com"} {
		if got := list[i].(map[string]any)["profileData"].(map[string]any)["email"]; got != want {
			t.Errorf("profile %d is of %v", i, got)
		}
	}
	a.obj("GET", "/api/v2/users/"+escape(other), nil, 404)
	if got := a.list(`/api/v2/users?q=identities.user_id:"` + local + `"`); len(got) != 1 || got[0]["user_id"] != main {
		t.Errorf("found by a linked identity: %v", got)
	}
	link("auth0", local, 409)
	if got := a.obj("GET", "/api/v2/users/github%7C1024025", nil, 200); got["email"] != "linus@example.com" {
		t.Fatal(got)
	}
	if status, body := a.call("POST", path+"/identities", map[string]any{"provider": "github", "user_id": 1024025}); status != 201 {
		t.Errorf("an id that is a number: %d %v", status, body)
	}
	third := a.addUser("third@example.com")
	status, body := a.call("POST", "/api/v2/users/"+escape(third)+"/identities", map[string]any{"provider": "auth0", "user_id": local})
	if status != 409 {
		t.Errorf("linking what another has: %d %v", status, body)
	}
	status, body = a.call("POST", "/api/v2/users/"+escape(third)+"/identities", map[string]any{"provider": "auth0", "user_id": main})
	if status != 400 {
		t.Errorf("linking one who has linked: %d %v", status, body)
	}
	status, body = a.call("DELETE", path+"/identities/auth0/"+local, nil)
	if left, _ := body.([]any); status != 200 || len(left) != 2 {
		t.Errorf("unlink: %d %v", status, body)
	}
	if got := a.obj("GET", "/api/v2/users/"+escape(other), nil, 200); got["email"] != "other@example.com" || len(got["identities"].([]any)) != 1 {
		t.Errorf("freed %v", got)
	}
	_, tokens := redeem(t, s, newBrowser(t, s).signIn(s, "other@example.com", goodPassword, nil).Get("code"), nil)
	status, body = a.call("POST", path+"/identities", map[string]any{"link_with": tokens["id_token"]})
	if status != 201 {
		t.Errorf("linking with a token: %d %v", status, body)
	}
}

func TestAuthenticationMethods(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	id := a.addUser("chuck@example.com")
	path := "/api/v2/users/" + escape(id) + "/authentication-methods"
	got := a.obj("POST", path, map[string]any{"type": "email", "name": "Test", "email": "chuck334@example.com"}, 201)
	method := got["id"].(string)
	want := map[string]any{"id": method, "type": "email", "name": "Test", "email": "chuc****@exam*******", "created_at": "2026-05-04T12:00:00.000Z"}
	if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(method, "email|dev_") {
		t.Error(diff)
	}
	want["confirmed"] = true
	if diff := cmp.Diff(want, a.obj("GET", path+"/"+escape(method), nil, 200)); diff != "" {
		t.Error(diff)
	}
	a.obj("POST", path, map[string]any{"type": "email", "email": "chuck334@example.com"}, 409)
	if got := a.obj("PATCH", path+"/"+escape(method), map[string]any{"name": "Test2"}, 200); got["name"] != "Test2" {
		t.Errorf("renamed %v", got)
	}
	a.obj("PATCH", path+"/"+escape(method), map[string]any{"preferred_authentication_method": "sms"}, 400)
	a.obj("DELETE", path+"/"+escape(method), nil, 204)
	if got := a.obj("GET", path+"?include_totals=true", nil, 200); got["total"] != nil || len(got["authenticators"].([]any)) != 0 {
		t.Errorf("none left: %v", got)
	}
	status, body := a.call("PUT", path, []any{
		map[string]any{"type": "email", "name": "MyEmail", "email": "foo@example.com"},
		map[string]any{"type": "phone", "name": "MyPhone", "phone_number": "+44207183875044", "preferred_authentication_method": "sms"},
		map[string]any{"type": "totp", "name": "MyTotp", "totp_secret": "5HCWXIP2MJNSUBGYVUZFLRB2HWIGXR4SYJQXNBQ"},
	})
	if status != 200 || body.([]any)[0].(map[string]any)["email"] != "foo@example.com" {
		t.Errorf("replaced: %d %v", status, body)
	}
	listed := a.list(path)
	if len(listed) != 3 || listed[0]["email"] != "****@exam*******" || listed[2]["phone_number"] != "XXXXXXXXXXX5044" {
		t.Errorf("listed %v", listed)
	}
	status, body = a.call("PUT", path, []any{
		map[string]any{"type": "email", "email": "foo@example.com"}, map[string]any{"type": "email", "email": "foo@example.com"},
	})
	if status != 409 {
		t.Errorf("the same twice: %d %v", status, body)
	}
	phone := listed[2]["id"].(string)
	if got := a.obj("PATCH", path+"/"+escape(phone), map[string]any{"preferred_authentication_method": "voice"}, 200); got["preferred_authentication_method"] != "voice" {
		t.Errorf("preferred %v", got)
	}
	enrolled := a.list("/api/v2/users/" + escape(id) + "/enrollments")
	if len(enrolled) != 2 {
		t.Fatalf("enrollments %v", enrolled)
	}
	code := a.obj("POST", "/api/v2/users/"+escape(id)+"/recovery-code-regeneration", map[string]any{}, 200)["recovery_code"].(string)
	if len(code) != 24 || code != strings.ToUpper(code) {
		t.Errorf("recovery code %q", code)
	}
	device := enrolled[0]["id"].(string)
	if got := a.obj("GET", "/api/v2/guardian/enrollments/"+device, nil, 200); got["status"] != "confirmed" {
		t.Errorf("enrollment %v", got)
	}
	a.obj("DELETE", "/api/v2/guardian/enrollments/"+device, nil, 204)
	a.obj("DELETE", "/api/v2/users/"+escape(id)+"/multifactor/google-authenticator", nil, 204)
	if got := a.list(path); len(got) != 1 || got[0]["type"] != "email" {
		t.Errorf("after removing the provider: %v", got)
	}
	a.obj("DELETE", path, nil, 204)
	a.obj("DELETE", "/api/v2/users/"+escape(id)+"/authenticators", nil, 204)
	if got := a.list(path); len(got) != 0 {
		t.Errorf("after all: %v", got)
	}
	if got := a.obj("POST", "/api/v2/users/"+escape(id)+"/recovery-code-regeneration", map[string]any{}, 404); got["errorCode"] != "enrollment_not_found" {
		t.Errorf("a recovery code without a factor: %v", got)
	}
	a.obj("POST", "/api/v2/users/"+escape(id)+"/multifactor/actions/invalidate-remember-browser", nil, 204)
	ticket := a.obj("POST", "/api/v2/guardian/enrollments/ticket", map[string]any{"user_id": id, "send_mail": true}, 200)
	if want := s.URL + "/mfa/enrollment?ticket=" + ticket["ticket_id"].(string); ticket["ticket_url"] != want || s.Tenant.Outbox()[0].Link != want {
		t.Errorf("ticket %v, mail %v", ticket, s.Tenant.Outbox())
	}
}

func TestSessionsAndRefreshTokens(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	id := a.addUser("pat@example.com")
	user := "/api/v2/users/" + escape(id)
	signIn := func() map[string]any {
		t.Helper()
		_, tokens := redeem(t, s, newBrowser(t, s).signIn(s, "pat@example.com", goodPassword, nil).Get("code"), nil)
		now.Advance(time.Second)
		return tokens
	}
	works := func(tokens map[string]any) bool {
		status, _ := redeem(t, s, "", map[string]any{"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
		return status == 200
	}
	count := func(kind, list string) int {
		t.Helper()
		return len(a.obj("GET", user+"/"+kind, nil, 200)[list].([]any))
	}
	one, two, three := signIn(), signIn(), signIn()
	page := a.obj("GET", user+"/sessions?take=2", nil, 200)
	if len(page["sessions"].([]any)) != 2 || page["next"] == nil {
		t.Errorf("sessions %v", page)
	}
	sid := claimsOf(t, one["id_token"])["sid"].(string)
	got := a.obj("GET", "/api/v2/sessions/"+sid, nil, 200)
	if got["user_id"] != id || got["device"].(map[string]any)["initial_ip"] != "127.0.0.1" || got["created_at"] != "2026-05-04T12:00:00.000Z" {
		t.Errorf("session %v", got)
	}
	if got := a.obj("PATCH", "/api/v2/sessions/"+sid, map[string]any{"session_metadata": map[string]any{"k": "v"}}, 200); !cmp.Equal(got["session_metadata"], map[string]any{"k": "v"}) {
		t.Errorf("metadata %v", got)
	}
	a.obj("DELETE", "/api/v2/sessions/"+sid, nil, 202)
	if count("sessions", "sessions") != 2 || !works(one) {
		t.Error("deleting a session leaves its refresh token, and the others")
	}
	a.obj("POST", "/api/v2/sessions/"+claimsOf(t, two["id_token"])["sid"].(string)+"/revoke", nil, 202)
	if count("sessions", "sessions") != 1 || works(two) || !works(three) {
		t.Error("revoking a session ends its refresh token, and no other")
	}

	tokens := a.obj("GET", user+"/refresh-tokens?include_totals=true", nil, 200)
	if tokens["total"] != 2.0 {
		t.Fatalf("refresh tokens %v", tokens)
	}
	first := tokens["tokens"].([]any)[0].(map[string]any)["id"].(string)
	if got := a.obj("GET", "/api/v2/refresh-tokens/"+first, nil, 200); got["user_id"] != id || got["client_id"] != localtenant.ClientID {
		t.Errorf("refresh token %v", got)
	}
	a.obj("PATCH", "/api/v2/refresh-tokens/"+first, map[string]any{"refresh_token_metadata": map[string]any{"k": "v"}}, 200)
	a.obj("GET", "/api/v2/refresh-tokens?user_id="+escape(id), nil, 200)
	a.obj("DELETE", "/api/v2/refresh-tokens/"+first, nil, 202)
	if works(one) || !works(three) {
		t.Error("deleting a refresh token ends it, and no other")
	}
	a.obj("POST", "/api/v2/refresh-tokens/revoke", map[string]any{"user_id": "auth0|other"}, 202)
	if !works(three) {
		t.Error("revoking another user's ends mine")
	}
	a.obj("POST", "/api/v2/refresh-tokens/revoke", map[string]any{"user_id": id, "client_id": localtenant.ClientID}, 202)
	if works(three) {
		t.Error("revoking by user and application")
	}

	four, five := signIn(), signIn()
	a.obj("POST", user+"/revoke-access", map[string]any{"session_id": claimsOf(t, four["id_token"])["sid"]}, 202)
	if works(four) || !works(five) || count("sessions", "sessions") != 2 {
		t.Error("revoking one session's access")
	}
	a.obj("POST", user+"/revoke-access", map[string]any{"preserve_refresh_tokens": true}, 202)
	if !works(five) || count("sessions", "sessions") != 0 {
		t.Error("revoking sessions alone")
	}
	a.obj("POST", user+"/revoke-access", nil, 202)
	if works(five) {
		t.Error("revoking all access")
	}
	six := signIn()
	a.obj("DELETE", user+"/sessions", nil, 202)
	a.obj("DELETE", user+"/refresh-tokens", nil, 202)
	if works(six) || count("sessions", "sessions") != 0 || count("refresh-tokens", "tokens") != 0 {
		t.Error("deleting all")
	}
}

func TestBlocksAndLogs(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	ada := "auth0|65e19a100000000000000001"
	b := newBrowser(t, s)
	p := b.get(authorizeURL(s, nil))
	fail := func(n int) page {
		var last page
		for range n {
			last = b.submit(p, map[string][]string{"username": {"ada@example.com"}, "password": {"wrong"}})
		}
		return last
	}
	blocked := func(path string) int {
		t.Helper()
		return len(a.obj("GET", path, nil, 200)["blocked_for"].([]any))
	}
	fail(9)
	if n := blocked("/api/v2/user-blocks/" + escape(ada)); n != 0 {
		t.Errorf("blocked %d after nine", n)
	}
	fail(1)
	got := a.obj("GET", "/api/v2/user-blocks/"+escape(ada), nil, 200)
	want := map[string]any{"blocked_for": []any{map[string]any{"identifier": "ada@example.com", "ip": "127.0.0.1", "connection": localtenant.Connection}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	good := map[string][]string{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}}
	if last := b.submit(p, good); last.location != "" || !strings.Contains(last.body, "Your account has been blocked") {
		t.Errorf("the right password: %d to %q", last.status, last.location)
	}
	if n := blocked("/api/v2/user-blocks?identifier=ADA@example.com"); n != 1 {
		t.Errorf("%d by identifier", n)
	}
	if n := blocked("/api/v2/user-blocks?identifier=nobody"); n != 0 {
		t.Errorf("%d of nobody", n)
	}
	a.obj("DELETE", "/api/v2/user-blocks/"+escape(ada), nil, 204)
	fail(9)
	if last := b.submit(p, good); last.location == "" {
		t.Errorf("unblocked: %d %s", last.status, last.body)
	}
	p = newPage(b, s)
	fail(10)
	a.obj("DELETE", "/api/v2/user-blocks?identifier=ada@example.com", nil, 204)
	if n := blocked("/api/v2/user-blocks/" + escape(ada)); n != 0 {
		t.Errorf("blocked %d after unblocking by identifier", n)
	}

	logs := a.obj("GET", "/api/v2/users/"+escape(ada)+"/logs?include_totals=true&per_page=3", nil, 200)
	first := logs["logs"].([]any)[0].(map[string]any)
	if logs["length"] != 3.0 || logs["total"].(float64) < 20 || first["type"] != "limit_wc" || first["user_name"] != "ada@example.com" {
		t.Errorf("logs %v", logs)
	}
	if got := a.obj("GET", "/api/v2/logs/"+first["log_id"].(string), nil, 200); got["type"] != "limit_wc" {
		t.Errorf("log %v", got)
	}
	if got := a.list("/api/v2/users/" + escape(ada) + "/logs?sort=date:1"); got[0]["type"] != "fp" {
		t.Errorf("oldest first: %v", got[0])
	}
	if got := a.list("/api/v2/users/nobody/logs"); len(got) != 0 {
		t.Errorf("nobody's logs: %v", got)
	}
}

func newPage(b *browser, s *tenanttest.Server) page {
	return b.get(authorizeURL(s, map[string]string{"prompt": "login"}))
}

// A ticket sets the password of a linked account where it names that.
func TestPasswordTicketOfALinkedAccount(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	local := strings.TrimPrefix(a.addUser("linked@example.com"), "auth0|")
	const main = "github|1024025"
	identities := "/api/v2/users/" + escape(main) + "/identities"
	if status, body := a.call("POST", identities, map[string]any{"provider": "auth0", "user_id": local}); status != 201 {
		t.Fatal(status, body)
	}
	a.obj("POST", "/api/v2/tickets/password-change", map[string]any{"user_id": main}, 400)
	link := a.obj("POST", "/api/v2/tickets/password-change", map[string]any{
		"user_id": main, "identity": map[string]any{"provider": "auth0", "user_id": local}}, 201)["ticket"].(string)
	b := newBrowser(t, s)
	if p := b.submit(b.get(link), url.Values{"password": {"N3w-Passw0rd!"}, "again": {"N3w-Passw0rd!"}}); p.status != 200 {
		t.Fatalf("%d %s", p.status, p.body)
	}
	if status, body := a.call("DELETE", identities+"/auth0/"+local, nil); status != 200 {
		t.Fatal(status, body)
	}
	if p := b.submit(newPage(b, s), url.Values{"username": {"linked@example.com"}, "password": {"N3w-Passw0rd!"}}); p.status != 302 {
		t.Errorf("with the new password, after unlinking: %d", p.status)
	}
}

func TestTicketsAndJobs(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	ada := "auth0|65e19a100000000000000001"
	for path, want := range map[string]string{
		"/api/v2/tickets/password-change":    s.URL + "/u/reset-password?ticket=",
		"/api/v2/tickets/email-verification": s.URL + "/u/email-verification?ticket=",
	} {
		got := a.obj("POST", path, map[string]any{"user_id": ada, "ttl_sec": 60, "result_url": "https://app.example/done"}, 201)
		link, _ := got["ticket"].(string)
		if !strings.HasPrefix(link, want) || !strings.HasSuffix(link, "#") || len(link) != len(want)+33 {
			t.Errorf("ticket %v", got)
		}
	}
	a.obj("POST", "/api/v2/tickets/password-change", map[string]any{"email": "ada@example.com", "connection_id": "con_Local0000000001x"}, 201)
	if len(s.Tenant.Outbox()) != 0 {
		t.Error("a ticket sends no mail")
	}
	got := a.obj("POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": ada}, 201)
	if got["type"] != "verification_email" || got["status"] != "pending" {
		t.Errorf("job %v", got)
	}
	if mail := s.Tenant.Outbox(); len(mail) != 1 || mail[0].To != "ada@example.com" {
		t.Errorf("outbox %v", mail)
	}
	path := "/api/v2/jobs/" + got["id"].(string)
	if done := a.obj("GET", path, nil, 200); done["status"] != "completed" || done["id"] != got["id"] {
		t.Errorf("job %v", done)
	}
	a.obj("GET", path+"/errors", nil, 204)
	now.Advance(23 * time.Hour)
	a.obj("GET", path, nil, 200)
	now.Advance(time.Hour)
	newAPI(t, s).obj("GET", path, nil, 404)
}

// An application's connections are those that are enabled for it, a page after
// the other.
func TestClientConnections(t *testing.T) {
	s := tenanttest.Start(t)
	s.Tenant.AddConnection(localtenant.NewConnection{Name: "elsewhere", Strategy: "oidc", Disabled: true})
	s.Tenant.AddConnection(localtenant.NewConnection{Name: "staff", Strategy: "samlp", DisplayName: "Our staff", NoSignIn: true})
	s.Tenant.SetScopes("read:connections", "read:clients")
	a := newAPI(t, s)
	var names []any
	for from := ""; ; {
		page := a.obj("GET", "/api/v2/clients/"+localtenant.ClientID+"/connections?take=3&fields=name,display_name,authentication"+from, nil, 200)
		for _, c := range page["connections"].([]any) {
			connection := c.(map[string]any)
			names = append(names, connection["name"])
			if connection["options"] != nil || connection["strategy"] != nil {
				t.Errorf("fields that were not asked for: %v", connection)
			}
			if connection["name"] == "staff" && (connection["display_name"] != "Our staff" || connection["authentication"].(map[string]any)["active"] != false) {
				t.Errorf("staff is %v", connection)
			}
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		from = "&from=" + next
	}
	if diff := cmp.Diff([]any{localtenant.Connection, "google-oauth2", "github", "windowslive", "apple", "email", "sms", "staff"}, names); diff != "" {
		t.Error(diff)
	}
}
