package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

// refresh trades a refresh token.
func (s *service) refresh(token any) answer {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"refresh_token": token})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.call("POST", "/token", string(body))
}

// rotating makes refresh tokens work once.
func (s *service) rotating(t *testing.T) {
	t.Helper()
	if err := s.tenant.Tenant.Configure(func(c *localtenant.Settings) { c.Application.RotateRefreshTokens = true }); err != nil {
		t.Fatal(err)
	}
}

func TestRefresh(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.rotating(t)
		before := newBrowser(t, s).tokens(t)
		got := s.refresh(before["refresh_token"])
		s.want(got, 200, "")
		after := got.json(t)
		for _, name := range []string{"access_token", "refresh_token"} {
			if after[name] == nil || after[name] == before[name] {
				t.Errorf("%s is %v", name, after[name])
			}
		}
		if after["id_token"] == nil || after["token_type"] != "Bearer" || after["expires_in"].(float64) < 1 || after["scope"] != before["scope"] {
			t.Errorf("tokens %v", after)
		}
		again := s.refresh(after["refresh_token"])
		s.want(again, 200, "")
		for _, secret := range []any{before["refresh_token"], after["refresh_token"], after["access_token"], after["id_token"]} {
			if strings.Contains(s.log.String(), secret.(string)) {
				t.Error("a token is in the log")
			}
		}
		lines := auditLines(t, s.log.String())
		if last := lines[len(lines)-1]; last["change"] != "session.refresh" || last["user"] != "auth0|65e19a100000000000000001" || last["outcome"] != "done" {
			t.Errorf("audit line %v", last)
		}
	})
}

func TestRefreshWithoutRotation(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		token := newBrowser(t, s).tokens(t)["refresh_token"]
		for range 2 {
			got := s.refresh(token)
			s.want(got, 200, "")
			if got.json(t)["refresh_token"] != nil {
				t.Errorf("%s has another refresh token", got.body)
			}
		}
		got := s.call("POST", "/token", fmt.Sprintf(`{"refresh_token":%q,"scope":"profile email"}`, token))
		s.want(got, 200, "")
		if tokens := got.json(t); tokens["id_token"] != nil || tokens["scope"] != "profile email" {
			t.Errorf("for less: %v", tokens)
		}
	})
}

// All refusals look alike, and none is tried again.
func TestRefreshRefused(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		s.rotating(t)
		reused := newBrowser(t, s).tokens(t)["refresh_token"]
		next := s.refresh(reused).json(t)["refresh_token"]
		blocked := newBrowser(t, s).tokens(t)["refresh_token"]
		var bodies []string
		refused := func(name string, token any) {
			t.Helper()
			s.tenant.Tenant.ResetStats()
			got := s.refresh(token)
			s.want(got, 400, "refresh-token-refused")
			if n := s.tenant.Tenant.Stats().Requests; n != 1 {
				t.Errorf("%s: %d provider calls", name, n)
			}
			bodies = append(bodies, strings.ReplaceAll(string(got.body), got.json(t)["request_id"].(string), ""))
		}
		refused("unknown", "v1.unknown")
		refused("reused", reused)
		refused("of a family with a thief", next)
		s.want(s.call("PATCH", "/users/"+adasID, `{"name":"A"}`), 200, "")
		s.want(s.call("PUT", "/blocks/"+adasID, ""), 200, "")
		refused("of a blocked user", blocked)
		s.want(s.call("DELETE", "/blocks/"+adasID, ""), 204, "")
		expired := newBrowser(t, s).tokens(t)["refresh_token"]
		s.tenant.Tenant.Advance(31 * 24 * time.Hour)
		refused("expired", expired)
		for _, body := range bodies {
			if body != bodies[0] {
				t.Errorf("%s tells more than %s", body, bodies[0])
			}
		}
	})
}

func TestRefreshRefusesBadBodies(t *testing.T) {
	tests := map[string]struct{ body, field string }{
		"no token":        {`{}`, "refresh_token"},
		"null":            {`{"refresh_token":null}`, "refresh_token"},
		"empty":           {`{"refresh_token":""}`, "refresh_token"},
		"spaces":          {`{"refresh_token":"a b"}`, "refresh_token"},
		"too long":        {`{"refresh_token":"` + strings.Repeat("x", 4097) + `"}`, "refresh_token"},
		"an empty scope":  {`{"refresh_token":"a","scope":""}`, "scope"},
		"two spaces":      {`{"refresh_token":"a","scope":"a  b"}`, "scope"},
		"a grant of ours": {`{"refresh_token":"a","grant_type":"password"}`, "grant_type"},
	}
	eachWay(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := s.as(t, "POST", "/token", tt.body)
				wantAnswer(t, got, 400, "invalid-request")
				if !strings.Contains(string(got.body), `"field":"`+tt.field+`"`) {
					t.Errorf("%s does not name %s", got.body, tt.field)
				}
			})
		}
	})
}

// A rotation is not sent twice where the provider may have made it.
func TestRefreshIsNotRepeated(t *testing.T) {
	tests := map[string]struct {
		fault  localtenant.Fault
		status int
		calls  int
	}{
		"a lost answer":   {localtenant.Fault{Kind: localtenant.FaultResetBody}, 502, 1},
		"no answer":       {localtenant.Fault{Kind: localtenant.FaultReset}, 503, 1},
		"500":             {localtenant.Fault{Status: 500}, 502, 1},
		"half the JSON":   {localtenant.Fault{Kind: localtenant.FaultTruncate}, 502, 1},
		"the limit, once": {localtenant.Fault{Status: 429}, 200, 2},
	}
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				token := newBrowser(t, s).tokens(t)["refresh_token"]
				s.tenant.Tenant.ResetStats()
				tt.fault.Route, tt.fault.Times = "POST /oauth/token", 1
				s.tenant.Tenant.Fail(tt.fault)
				wantAnswer(t, s.refresh(token), tt.status, "")
				if n := s.tenant.Tenant.Stats().Requests; n != tt.calls {
					t.Errorf("%d provider calls, want %d", n, tt.calls)
				}
			})
		}
	})
}

// The operator has to fix an application that may not refresh; it is no fault
// of the token's.
func TestRefreshThatTheApplicationMayNot(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		token := newBrowser(t, s).tokens(t)["refresh_token"]
		if err := s.tenant.Tenant.Configure(func(c *localtenant.Settings) {
			c.Application.Grants = []string{"authorization_code", "client_credentials"}
		}); err != nil {
			t.Fatal(err)
		}
		s.want(s.refresh(token), http.StatusInternalServerError, "service-misconfigured")
	})
}
