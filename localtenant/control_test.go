package localtenant_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func TestIndexLag(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	configure(t, s, func(c *localtenant.Settings) { c.IndexLag = localtenant.Duration(500 * time.Millisecond) })
	a := newAPI(t, s)
	id := a.addUser("late@example.com")
	found := func() int { return len(a.list("/api/v2/users?q=email:late*")) }
	a.obj("GET", "/api/v2/users/"+escape(id), nil, 200)
	if len(a.list("/api/v2/users-by-email?email=late@example.com")) != 1 || found() != 0 {
		t.Error("by id and by email at once, by a search later")
	}
	now.Advance(499 * time.Millisecond)
	if found() != 0 {
		t.Error("too early")
	}
	now.Advance(time.Millisecond)
	if found() != 1 {
		t.Error("too late")
	}
	a.obj("DELETE", "/api/v2/users/"+escape(id), nil, 204)
	if found() != 1 {
		t.Error("a deleted user lingers")
	}
	now.Advance(time.Second)
	if found() != 0 {
		t.Error("and goes")
	}
}

func TestSecretRotation(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	s.Tenant.RotateSecret("new-secret", 30*time.Second)
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {s.URL + "/api/v2/"}}
	// Each browser has its own connection.
	try := func(secret string) map[int]int {
		got := map[int]int{}
		for range 4 {
			status, _ := post(t, s, form, localtenant.ClientID, secret)
			got[status]++
		}
		return got
	}
	for _, secret := range []string{localtenant.ClientSecret, "new-secret"} {
		if got := try(secret); got[200] != 2 || got[401] != 2 {
			t.Errorf("%s during the rotation: %v", secret, got)
		}
	}
	now.Advance(30 * time.Second)
	if got := try(localtenant.ClientSecret); got[401] != 4 {
		t.Errorf("the old one afterwards: %v", got)
	}
	if got := try("new-secret"); got[200] != 4 {
		t.Errorf("the new one afterwards: %v", got)
	}
}

func TestPasswordPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		policy     localtenant.PasswordPolicy
		good, weak string
		text       string
	}{
		"none":        {localtenant.PasswordPolicy{Level: "none"}, "x", "", ""},
		"low":         {localtenant.PasswordPolicy{Level: "low", MinLength: 6}, "aaaaaa", "aaaaa", "PasswordStrengthError: Password is too weak"},
		"fair":        {localtenant.PasswordPolicy{Level: "fair", MinLength: 8}, "aaaaaaA1", "aaaaaa!1", "PasswordStrengthError: Password is too weak"},
		"good":        {localtenant.PasswordPolicy{Level: "good", MinLength: 8}, "aaaaaa!1", "aaaaaaa1", "PasswordStrengthError: Password is too weak"},
		"excellent":   {localtenant.PasswordPolicy{Level: "excellent", MinLength: 10}, "aabbccdd!1", "aaabbccd!1", "PasswordStrengthError: Password is too weak"},
		"dictionary":  {localtenant.PasswordPolicy{Level: "none", Dictionary: true}, "correct horse", "Password1!", "PasswordDictionaryError: Password is too common"},
		"no personal": {localtenant.PasswordPolicy{Level: "none", NoUserInfo: true}, "correct horse", "xxNEWCOMERxx", "PasswordNoUserInfoError: Password contains user information"},
	} {
		t.Run(name, func(t *testing.T) {
			s := tenanttest.Start(t)
			configure(t, s, func(s *localtenant.Settings) { s.PasswordPolicy = c.policy })
			a := newAPI(t, s)
			in := map[string]any{"connection": localtenant.Connection, "email": "newcomer@example.com"}
			if c.weak != "" {
				in["password"] = c.weak
				if got := a.obj("POST", "/api/v2/users", in, 400); got["message"] != c.text {
					t.Errorf("got %v", got)
				}
			}
			in["password"] = c.good
			a.obj("POST", "/api/v2/users", in, 201)
		})
	}
	t.Run("too long", func(t *testing.T) {
		s := tenanttest.Start(t)
		a := newAPI(t, s)
		long := "Aa1!" + strings.Repeat("é", 40)
		in := map[string]any{"connection": localtenant.Connection, "email": "newcomer@example.com", "password": long}
		a.obj("POST", "/api/v2/users", in, 201)
		for password, fits := range map[string]bool{long: true, long[:72]: true, long[:72] + "other": true, long[:71]: false} {
			b := newBrowser(t, s)
			page := b.submit(b.get(authorizeURL(s, nil)), url.Values{"username": {"newcomer@example.com"}, "password": {password}})
			if fits != (page.location != "") {
				t.Errorf("%d bytes: %d, to %q", len(password), page.status, page.location)
			}
		}
		configure(t, s, func(s *localtenant.Settings) { s.PasswordPolicy.TooLong = localtenant.TooLongError })
		in["email"] = "another@example.com"
		a.obj("POST", "/api/v2/users", in, 400)
		in["password"] = long[:72]
		a.obj("POST", "/api/v2/users", in, 201)
		options := a.list("/api/v2/connections?strategy=auth0")[0]["options"].(map[string]any)
		if diff := cmp.Diff(map[string]any{"complexity": map[string]any{"max_length_exceeded": "error"}}, options["password_options"]); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("history", func(t *testing.T) {
		s := tenanttest.Start(t)
		configure(t, s, func(s *localtenant.Settings) { s.PasswordPolicy.History = 2 })
		a := newAPI(t, s)
		path := "/api/v2/users/" + escape(a.addUser("h@example.com"))
		set := func(password string, want int) {
			t.Helper()
			a.obj("PATCH", path, map[string]any{"password": password}, want)
		}
		set(goodPassword, 400)
		set("Second-One-2", 200)
		set(goodPassword, 400)
		set("Third-One-3", 200)
		set(goodPassword, 200)
	})
}

func TestControlRoutes(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option)
	a := &api{t: t, url: s.URL}
	t.Run("clock", func(t *testing.T) {
		if got := a.obj("POST", "/_tenant/clock", map[string]any{"advance": "36h"}, 200); got["now"] != "2026-05-06T00:00:00.000Z" {
			t.Errorf("%v", got)
		}
		a.obj("POST", "/_tenant/clock", map[string]any{"set": "2030-01-01T00:00:00Z"}, 200)
		if got := s.Tenant.Now(); got.Year() != 2030 {
			t.Errorf("%v", got)
		}
		s.Tenant.Advance(time.Hour)
		if got := a.obj("GET", "/_tenant/clock", nil, 200); got["now"] != "2030-01-01T01:00:00.000Z" {
			t.Errorf("%v", got)
		}
	})
	t.Run("settings", func(t *testing.T) {
		got := a.obj("PATCH", "/_tenant/settings", map[string]any{
			"index_lag": "500ms", "plan": "enterprise", "application": map[string]any{"rotate_refresh_tokens": true},
		}, 200)
		app := got["application"].(map[string]any)
		if got["index_lag"] != "500ms" || app["rotate_refresh_tokens"] != true || len(app["callbacks"].([]any)) != 2 {
			t.Errorf("%v", got)
		}
		if set := s.Tenant.Settings(); set.Plan != localtenant.PlanEnterprise {
			t.Errorf("%+v", set)
		}
	})
	t.Run("users and reset", func(t *testing.T) {
		a.obj("POST", "/_tenant/users", map[string]any{"email": "seed@example.com", "password": "x", "created_at": "2020-01-01T00:00:00Z"}, 201)
		a.obj("POST", "/_tenant/users", map[string]any{"email": "SEED@example.com"}, 400)
		a.obj("POST", "/_tenant/rotate-secret", map[string]any{"secret": "new"}, 204)
		a.obj("POST", "/_tenant/rotate-key", nil, 204)
		a.obj("POST", "/_tenant/reset", nil, 204)
		if set := s.Tenant.Settings(); set.Plan != localtenant.PlanNone || s.Tenant.Now().Year() != 2026 {
			t.Errorf("%+v %v", set, s.Tenant.Now())
		}
		if n := len(newAPI(t, s).list("/api/v2/users")); n != 6 {
			t.Errorf("%d users", n)
		}
	})
	t.Run("faults", func(t *testing.T) {
		a.obj("POST", "/_tenant/faults", map[string]any{"route": "GET /userinfo", "times": 2, "status": 500, "delay": "1ms"}, 204)
		a.obj("GET", "/userinfo", nil, 500)
		got := a.obj("GET", "/_tenant/faults", nil, 200)["faults"].([]any)
		if f := got[0].(map[string]any); len(got) != 1 || f["times"] != 1.0 || f["delay"] != "1ms" {
			t.Errorf("%v", got)
		}
		a.obj("DELETE", "/_tenant/faults", nil, 204)
		if status, _ := a.call("GET", "/userinfo", nil); status != 401 {
			t.Errorf("after clearing: %d", status)
		}
	})
	t.Run("outbox", func(t *testing.T) {
		newAPI(t, s).obj("POST", "/api/v2/jobs/verification-email", map[string]any{"user_id": "auth0|65e19a100000000000000001"}, 201)
		if n := len(a.obj("GET", "/_tenant/outbox", nil, 200)["messages"].([]any)); n != 1 {
			t.Errorf("%d messages", n)
		}
		a.obj("DELETE", "/_tenant/outbox", nil, 204)
		if n := len(s.Tenant.Outbox()); n != 0 {
			t.Errorf("%d messages", n)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for path, bodies := range map[string][]any{
			"/_tenant/faults": {
				map[string]any{}, map[string]any{"status": 500, "rout": "x"}, map[string]any{"status": 500, "route": "GET /nowhere"},
				map[string]any{"kind": "explode"}, map[string]any{"status": 99}, map[string]any{"status": 500, "times": -1}, map[string]any{"status": 500, "every": -1},
				map[string]any{"status": 500, "probability": 2}, map[string]any{"status": 500, "delay": 5}, "text",
			},
			"/_tenant/clock":         {map[string]any{}, map[string]any{"advance": "1h", "set": "2030-01-01T00:00:00Z"}, map[string]any{"advance": "soon"}},
			"/_tenant/rotate-secret": {map[string]any{}, map[string]any{"secret": "x", "during": "-1s"}},
			"/_tenant/users":         {map[string]any{"mail": "x"}, map[string]any{"email": "x@y.zz", "connection": "none"}},
		} {
			for _, body := range bodies {
				if got := a.obj("POST", path, body, 400); got["message"] == "" {
					t.Errorf("%s %v: %v", path, body, got)
				}
			}
		}
		for _, body := range []map[string]any{
			{"plan": "gold"}, {"mfa": "maybe"}, {"index_lag": "-1s"}, {"index_lag": 5}, {"secret_lag": "-1s"}, {"secret_nodes": "some"}, {"pla": "free"}, {"session_idle": "0s"},
			{"password_policy": map[string]any{"level": "best"}}, {"password_policy": map[string]any{"min_length": 500}},
			{"password_policy": map[string]any{"history": 25}}, {"password_policy": map[string]any{"max_length_exceeded": "cut"}}, {"application": map[string]any{"id_token_lifetime": "0s"}},
		} {
			a.obj("PATCH", "/_tenant/settings", body, 400)
		}
	})
	t.Run("no control request counts", func(t *testing.T) {
		s.Tenant.ResetStats()
		a.obj("GET", "/_tenant/settings", nil, 200)
		if n := s.Tenant.Stats().Requests; n != 0 {
			t.Errorf("%d", n)
		}
	})
}
