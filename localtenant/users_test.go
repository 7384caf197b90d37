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

func empty(o *localtenant.Options) { o.Empty = true }

func TestCreateUser(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, empty, now.option)
	a := newAPI(t, s)
	got := a.obj("POST", "/api/v2/users", map[string]any{
		"connection": localtenant.Connection, "email": "Chuck@Example.com", "password": goodPassword,
		"username": "chuck", "app_metadata": map[string]any{"plan": "pro"},
	}, 201)
	id := got["user_id"].(string)
	local, _ := strings.CutPrefix(id, "auth0|")
	want := map[string]any{
		"created_at": "2026-05-04T12:00:00.000Z", "updated_at": "2026-05-04T12:00:00.000Z",
		"email": "chuck@example.com", "email_verified": false, "username": "chuck",
		"name": "chuck@example.com", "nickname": "chuck", "user_id": "auth0|" + local,
		"picture":      "https://s.gravatar.com/avatar/0b79e7da7bc7877560620cf8f2cc93ae?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fch.png",
		"identities":   []any{map[string]any{"connection": localtenant.Connection, "user_id": local, "provider": "auth0", "isSocial": false}},
		"app_metadata": map[string]any{"plan": "pro"},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(local) != 24 {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, a.obj("GET", "/api/v2/users/"+url.PathEscape(id), nil, 200)); diff != "" {
		t.Error(diff)
	}
	if mail := s.Tenant.Outbox(); len(mail) != 1 || mail[0].To != "chuck@example.com" {
		t.Errorf("an unverified address gets mail unless told otherwise: %v", mail)
	}
}

func TestCreateUserRefuses(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	base := map[string]any{"connection": localtenant.Connection, "email": "new@example.com", "password": goodPassword}
	for name, c := range map[string]struct {
		set    map[string]any
		status int
		code   any
		text   string
	}{
		"taken":            {map[string]any{"email": "ADA@example.com"}, 409, "auth0_idp_error", "The user already exists."},
		"taken user name":  {map[string]any{"username": "Alan"}, 409, "auth0_idp_error", "The user already exists."},
		"taken id":         {map[string]any{"user_id": "65e19a100000000000000001"}, 409, "auth0_idp_error", "The user already exists."},
		"weak":             {map[string]any{"password": "short"}, 400, nil, "PasswordStrengthError: Password is too weak"},
		"few classes":      {map[string]any{"password": "abcdefghijk1"}, 400, nil, "PasswordStrengthError: Password is too weak"},
		"no password":      {map[string]any{"password": nil}, 400, "invalid_body", "Payload validation error: 'Missing required property: password'."},
		"no email":         {map[string]any{"email": nil}, 400, "invalid_body", "Payload validation error: 'Missing required property: email'."},
		"no connection":    {map[string]any{"connection": nil}, 400, "invalid_body", "Payload validation error: 'Missing required property: connection'."},
		"which connection": {map[string]any{"connection": "nope"}, 400, "inexistent_connection", "The connection does not exist."},
		"social":           {map[string]any{"connection": "github"}, 400, "operation_not_supported", "The connection does not support creating users."},
		"bad email":        {map[string]any{"email": "x"}, 400, "invalid_body", "Payload validation error: 'Object didn't pass validation for format email: x' on property email."},
		"two addresses":    {map[string]any{"email": "a@b.co, c@d.co"}, 400, "invalid_body", "Payload validation error: 'Object didn't pass validation for format email: a@b.co, c@d.co' on property email."},
		"type":             {map[string]any{"name": 5}, 400, "invalid_body", "Payload validation error: 'Expected type string but found type integer' on property name."},
		"verified as text": {map[string]any{"email_verified": "true"}, 400, "invalid_body", "Payload validation error: 'Expected type boolean but found type string' on property email_verified."},
		"too long":         {map[string]any{"given_name": strings.Repeat("ä", 151)}, 400, "invalid_body", "Payload validation error: 'String is too long (151 chars), maximum 150' on property given_name."},
		"empty":            {map[string]any{"name": ""}, 400, "invalid_body", "Payload validation error: 'String is too short (0 chars), minimum 1' on property name."},
		"unknown field":    {map[string]any{"role": "admin"}, 400, "invalid_body", "Payload validation error: 'Additional properties not allowed: role'."},
		"phone":            {map[string]any{"phone_number": "123"}, 400, "invalid_body", "Payload validation error: 'String does not match pattern ^\\+[0-9]{1,15}$: 123' on property phone_number."},
		"metadata":         {map[string]any{"app_metadata": "x"}, 400, "invalid_body", "Payload validation error: 'Expected type object but found type string' on property app_metadata."},
		"picture":          {map[string]any{"picture": "x"}, 400, "invalid_body", "Payload validation error: 'Object didn't pass validation for format strict-uri: x' on property picture."},
	} {
		t.Run(name, func(t *testing.T) {
			in := map[string]any{}
			for k, v := range base {
				in[k] = v
			}
			for k, v := range c.set {
				in[k] = v
				if v == nil {
					delete(in, k)
				}
			}
			got := a.obj("POST", "/api/v2/users", in, c.status)
			if got["message"] != c.text || got["errorCode"] != c.code || got["statusCode"] != float64(c.status) {
				t.Errorf("got %v", got)
			}
		})
	}
	t.Run("another connection is another namespace", func(t *testing.T) {
		got := a.obj("POST", "/api/v2/users", map[string]any{"connection": "email", "email": "ada@example.com"}, 201)
		if !strings.HasPrefix(got["user_id"].(string), "email|") {
			t.Errorf("got %v", got)
		}
		if n := len(a.list("/api/v2/users-by-email?email=ada@example.com")); n != 2 {
			t.Errorf("%d users with the address", n)
		}
	})
}

func TestUpdateUser(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := newAPI(t, s)
	path := "/api/v2/users/" + url.PathEscape(a.addUser("pat@example.com"))
	patch := func(in map[string]any) map[string]any {
		t.Helper()
		now.Advance(time.Second)
		return a.obj("PATCH", path, in, 200)
	}
	patch(map[string]any{"email_verified": true, "given_name": "Pat", "app_metadata": map[string]any{"a": 1, "b": map[string]any{"x": 1}}})
	got := patch(map[string]any{"app_metadata": map[string]any{"a": nil, "b": map[string]any{"y": 2}, "c": true}, "user_metadata": map[string]any{"lang": "de"}})
	if diff := cmp.Diff(map[string]any{"b": map[string]any{"y": 2.0}, "c": true}, got["app_metadata"]); diff != "" {
		t.Error("metadata merge at the first level only:", diff)
	}
	if got["updated_at"] != "2026-05-04T12:00:02.000Z" || got["created_at"] != "2026-05-04T12:00:00.000Z" {
		t.Errorf("times %v %v", got["created_at"], got["updated_at"])
	}
	if got := patch(map[string]any{"user_metadata": map[string]any{}}); got["user_metadata"] != nil {
		t.Errorf("an empty patch empties: %v", got["user_metadata"])
	}
	if got := patch(map[string]any{"given_name": nil, "blocked": true}); got["given_name"] != nil || got["blocked"] != true {
		t.Errorf("null removes: %v", got)
	}
	if got := patch(map[string]any{"email": "Pat2@example.com"}); got["email"] != "pat2@example.com" || got["email_verified"] != false {
		t.Errorf("a new address is unverified: %v", got)
	}
	if got := patch(map[string]any{"email": "pat3@example.com", "email_verified": true}); got["email_verified"] != true {
		t.Errorf("unless told otherwise: %v", got)
	}
	if got := patch(map[string]any{"email": "PAT3@example.com"}); got["email_verified"] != true {
		t.Errorf("the same address stays verified: %v", got)
	}
	if got := patch(map[string]any{"password": "Other-Plum-9", "connection": localtenant.Connection}); got["last_password_reset"] != "2026-05-04T12:00:08.000Z" {
		t.Errorf("last_password_reset %v", got["last_password_reset"])
	}
	patch(map[string]any{"blocked": false})
	if q := newBrowser(t, s).signIn(s, "pat3@example.com", "Other-Plum-9", nil); q.Get("code") == "" {
		t.Errorf("the new password does not sign in: %v", q)
	}
	if n := len(a.list("/api/v2/users-by-email?email=pat@example.com")); n != 0 {
		t.Errorf("the old address still finds %d", n)
	}
	patch(map[string]any{"email": "pat4@example.com", "verify_email": true})
	if mail := s.Tenant.Outbox(); len(mail) != 1 || mail[0].To != "pat4@example.com" {
		t.Errorf("outbox %v", mail)
	}
}

func TestUpdateUserRefuses(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	pat := url.PathEscape(a.addUser("pat@example.com"))
	before := a.obj("GET", "/api/v2/users/"+pat, nil, 200)
	github := url.PathEscape("github|1024025")
	for name, c := range map[string]struct {
		id     string
		in     map[string]any
		status int
		code   any
		text   string
	}{
		"gone":               {"auth0%7Cgone", map[string]any{"name": "x"}, 404, "inexistent_user", "The user does not exist."},
		"taken":              {pat, map[string]any{"email": "ADA@example.com"}, 400, "auth0_idp_error", "The specified new email already exists"},
		"taken user name":    {pat, map[string]any{"username": "alan"}, 400, "auth0_idp_error", "The specified new username already exists"},
		"email and password": {pat, map[string]any{"email": "x@example.com", "password": goodPassword}, 400, "invalid_body", "Cannot update password and email simultaneously"},
		"verified, password": {pat, map[string]any{"email_verified": true, "password": goodPassword}, 400, "invalid_body", "Cannot update password and email_verified simultaneously"},
		"username, password": {pat, map[string]any{"username": "pat", "password": goodPassword}, 400, "invalid_body", "Cannot update username and password simultaneously"},
		"username and email": {pat, map[string]any{"username": "pat", "email": "x@example.com"}, 400, "invalid_body", "Cannot update username and email simultaneously"},
		"weak":               {pat, map[string]any{"password": "short"}, 400, nil, "PasswordStrengthError: Password is too weak"},
		"read only":          {pat, map[string]any{"logins_count": 1, "created_at": "x"}, 400, "invalid_body", `Payload validation error: 'Additional properties not allowed: created_at,logins_count (consider storing them in app_metadata or user_metadata. See "Users Metadata" in https://auth0.com/docs/api/v2/changes for more details)'.`},
		"nothing":            {pat, map[string]any{}, 400, "invalid_body", "Payload validation error: 'Too few properties defined (0), minimum 1'."},
		"type":               {pat, map[string]any{"blocked": "yes"}, 400, "invalid_body", "Payload validation error: 'Expected type boolean but found type string' on property blocked."},
		"which connection":   {pat, map[string]any{"name": "x", "connection": "github"}, 400, "inexistent_connection", "The connection does not exist."},
		"social": {github, map[string]any{"email": "x@example.com", "name": "x"}, 400, "operation_not_supported",
			"The following user attributes cannot be updated: email, name. The connection (github) must either be a database connection (using the Auth0 store), a passwordless connection (email or sms) or has disabled 'Sync user profile attributes at each login'. For more information, see https://auth0.com/docs/dashboard/guides/connections/configure-connection-sync"},
	} {
		t.Run(name, func(t *testing.T) {
			got := a.obj("PATCH", "/api/v2/users/"+c.id, c.in, c.status)
			if got["message"] != c.text || got["errorCode"] != c.code {
				t.Errorf("got %v", got)
			}
		})
	}
	if diff := cmp.Diff(before, a.obj("GET", "/api/v2/users/"+pat, nil, 200)); diff != "" {
		t.Error("a refused patch changed something:", diff)
	}
	got := a.obj("PATCH", "/api/v2/users/"+github, map[string]any{"app_metadata": map[string]any{"a": 1}, "blocked": true}, 200)
	if got["blocked"] != true {
		t.Errorf("metadata and blocking are ours on any identity: %v", got)
	}
}

func TestDeleteUser(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	id := a.addUser("gone@example.com")
	b := newBrowser(t, s)
	_, tokens := redeem(t, s, b.signIn(s, "gone@example.com", goodPassword, nil).Get("code"), nil)
	for range 2 { // deleting nobody succeeds
		a.obj("DELETE", "/api/v2/users/"+url.PathEscape(id), nil, 204)
	}
	body := a.obj("GET", "/api/v2/users/"+url.PathEscape(id), nil, 404)
	if body["errorCode"] != "inexistent_user" || body["message"] != "The user does not exist." {
		t.Errorf("body %v", body)
	}
	if n := len(a.list("/api/v2/users?q=email:gone*")); n != 0 {
		t.Errorf("searches still find %d", n)
	}
	status, _ := redeem(t, s, "", map[string]any{"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
	if status != 403 {
		t.Errorf("the refresh token lives on: %d", status)
	}
	if p := b.get(authorizeURL(s, nil)); p.location != "" {
		t.Errorf("the session lives on: %s", p.location)
	}
	a.addUser("gone@example.com") // the address is free again
}

func TestUserIDs(t *testing.T) {
	s := tenanttest.Start(t, empty)
	a := newAPI(t, s)
	for _, id := range []string{
		"auth0|65e19a1000000000000000ff", "google-oauth2|117", "samlp|acme|a/b@c", "a b|c d", "auth0|50%", "auth0|%2F",
		"auth0|ünï/cödé/", "oidc|x|//double", "auth0|?q=1#frag", "auth0|+plus&and;",
	} {
		conn := localtenant.Connection
		want := id
		if !strings.HasPrefix(id, "auth0|") {
			conn = "github"
			want = "github|" + id
		}
		got, err := s.Tenant.AddUser(localtenant.User{UserID: id, Connection: conn, Email: fmt.Sprintf("u%d@example.com", len(id))})
		if err != nil || got != want {
			t.Fatalf("add %q: %q %v", id, got, err)
		}
		path := "/api/v2/users/" + url.PathEscape(got)
		if u := a.obj("GET", path, nil, 200); u["user_id"] != got {
			t.Errorf("%q: got %v", got, u["user_id"])
		}
		a.obj("PATCH", path, map[string]any{"blocked": true}, 200)
		a.obj("DELETE", path, nil, 204)
		a.obj("GET", path, nil, 404)
	}
}

func TestFields(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	ada := "/api/v2/users/" + url.PathEscape("auth0|65e19a100000000000000001")
	if got := keys(a.obj("GET", ada+"?fields=email,name&include_fields=true", nil, 200)); !cmp.Equal(got, []string{"email", "name"}) {
		t.Errorf("got %v", got)
	}
	if got := a.obj("GET", ada+"?fields=email,name&include_fields=false", nil, 200); got["email"] != nil || got["user_id"] == nil {
		t.Errorf("got %v", got)
	}
	if got := a.obj("GET", ada+"?fields=password", nil, 400); got["errorCode"] != "invalid_query_string" {
		t.Errorf("got %v", got)
	}
	for _, path := range []string{"/api/v2/users?fields=user_id", "/api/v2/users-by-email?email=ada@example.com&fields=user_id"} {
		for _, u := range a.list(path) {
			if got := keys(u); !cmp.Equal(got, []string{"user_id"}) {
				t.Errorf("%s: %v", path, got)
			}
		}
	}
}

func TestUsersByEmail(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	for _, u := range []localtenant.User{
		{Email: "Own@Example.com"}, {Email: "Coded@Example.com", Connection: "email"},
		{Email: "Ann.Lee@Corp.Example", Connection: "windowslive"}, {Email: "ann.lee@corp.example", Connection: "windowslive"},
	} {
		if _, err := s.Tenant.AddUser(u); err != nil {
			t.Fatal(err)
		}
	}
	for q, want := range map[string]int{
		"ada@example.com": 1, "ADA@example.com": 0, "nobody@example.com": 0, "ada": 0,
		"own@example.com": 1, "Own@Example.com": 0, "coded@example.com": 1, "Coded@Example.com": 0,
		"Ann.Lee@Corp.Example": 1, "ann.lee@corp.example": 1, "ann.lee@Corp.Example": 0,
	} {
		if got := a.list("/api/v2/users-by-email?email=" + q); len(got) != want {
			t.Errorf("%s finds %d, want %d", q, len(got), want)
		}
	}
	if got := a.obj("GET", "/api/v2/users-by-email", nil, 400); got["errorCode"] != "invalid_query_string" {
		t.Errorf("got %v", got)
	}
}

func TestPasswordsAreNeverShown(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	a.addUser("pat@example.com")
	_, body := a.call("GET", "/api/v2/users?per_page=100", nil)
	if text := fmt.Sprint(body); strings.Contains(text, goodPassword) || strings.Contains(text, localtenant.SamplePassword) || strings.Contains(text, "password") {
		t.Error("a password in the list")
	}
}
