package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"usher/localtenant"
)

var costsOfSessions = []cost{
	{"listsessions", "", 1, ofUser("/sessions/", "")},
	{"endsessions", "", 1, ofUser("/sessions/", "")},
	{"endsession", "", 2, func(t *testing.T, s *service) (string, string, []string) {
		wantAnswer(t, newBrowser(t, s).signedInAsAda(t), 200, "")
		return "/sessions/" + adasID + "/" + s.sessionsOf(t, adasID)[0]["id"].(string), "", nil
	}},
	{"refreshtoken", "", 1, func(t *testing.T, s *service) (string, string, []string) {
		return "/token", `{"refresh_token":"` + newBrowser(t, s).tokens(t)["refresh_token"].(string) + `"}`, nil
	}},
	{"logout", "", 0, request("/logout", "")},
	{"introspect", "", 0, func(t *testing.T, s *service) (string, string, []string) {
		return "/introspect", `{"token":"` + newBrowser(t, s).tokens(t)["id_token"].(string) + `"}`, nil
	}},
}

// tokens are those of a whole sign-in of the sample user Ada.
func (b *browser) tokens(t *testing.T) map[string]any {
	t.Helper()
	got := b.signedInAsAda(t)
	wantAnswer(t, got, 200, "")
	return got.json(t)["tokens"].(map[string]any)
}

// sessionsOf lists a user's sessions; the id is percent-encoded.
func (s *service) sessionsOf(t *testing.T, user string) (list []map[string]any) {
	t.Helper()
	got := s.as(t, "GET", "/sessions/"+user, "")
	wantAnswer(t, got, 200, "")
	for _, one := range got.json(t)["sessions"].([]any) {
		list = append(list, one.(map[string]any))
	}
	return list
}

func TestListSessions(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		if list := s.sessionsOf(t, adasID); len(list) != 0 {
			t.Errorf("before any sign-in: %v", list)
		}
		newBrowser(t, s).tokens(t)
		newBrowser(t, s).tokens(t)
		list := s.sessionsOf(t, adasID)
		if len(list) != 2 {
			t.Fatalf("%d sessions", len(list))
		}
		for _, one := range list {
			device := one["device"].(map[string]any)
			for _, name := range []string{"id", "created_at", "authenticated_at", "last_used_at", "expires_at", "idle_expires_at"} {
				if one[name] == nil {
					t.Errorf("no %s: %v", name, one)
				}
			}
			if device["ip"] != "127.0.0.1" || device["first_ip"] != "127.0.0.1" || !strings.HasPrefix(device["user_agent"].(string), "Go-http-client") || fmt.Sprint(one["methods"]) != "[pwd]" {
				t.Errorf("session %v", one)
			}
		}
		for _, nobody := range []string{"auth0%7C65e19a100000000000000002", "auth0%7Cnobody"} {
			if list := s.sessionsOf(t, nobody); len(list) != 0 {
				t.Errorf("%s: %v", nobody, list)
			}
		}
		s.want(s.call("GET", "/sessions/%2E%2E", ""), 400, "invalid-request")
	})
}

func TestListSessionsByPages(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for range 3 {
			newBrowser(t, s).tokens(t)
		}
		seen := map[any]bool{}
		target := "/sessions/" + adasID + "?limit=2"
		var cursor string
		for page := range 2 {
			got := s.call("GET", target, "").json(t)
			for _, one := range got["sessions"].([]any) {
				seen[one.(map[string]any)["id"]] = true
			}
			if next, ok := got["next"].(string); ok != (page == 0) {
				t.Errorf("page %d: next is %q", page, next)
			} else if ok {
				cursor = next
				target = "/sessions/" + adasID + "?limit=50&cursor=" + cursor
			}
		}
		if len(seen) != 3 {
			t.Errorf("%d of 3 sessions", len(seen))
		}
		for _, bad := range []string{"/sessions/auth0%7Cother?cursor=" + cursor, "/users?cursor=" + cursor, "/sessions/" + adasID + "?cursor=x"} {
			s.want(s.call("GET", bad, ""), 400, "invalid-cursor")
		}
		for _, limit := range []string{"0", "101", "many"} {
			s.want(s.call("GET", "/sessions/"+adasID+"?limit="+limit, ""), 400, "invalid-request")
		}
	})
}

func TestEndSession(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		lost, kept := newBrowser(t, s), newBrowser(t, s)
		ofLost := lost.tokens(t)
		id := s.sessionsOf(t, adasID)[0]["id"].(string)
		ofKept := kept.tokens(t)

		for _, another := range []string{"auth0%7C65e19a100000000000000002", "auth0%7Cnobody"} {
			s.want(s.call("DELETE", "/sessions/"+another+"/"+id, ""), 404, "session-not-found")
		}
		if n := len(s.sessionsOf(t, adasID)); n != 2 {
			t.Fatalf("%d sessions are left", n)
		}
		s.want(s.call("DELETE", "/sessions/"+adasID+"/"+id, ""), 204, "")
		s.want(s.call("DELETE", "/sessions/"+adasID+"/"+id, ""), 404, "session-not-found")

		wantAnswer(t, lost.quietly(t), 401, "login-required")
		wantAnswer(t, kept.quietly(t), 200, "")
		s.want(s.refresh(ofLost["refresh_token"]), 400, "refresh-token-refused")
		s.want(s.refresh(ofKept["refresh_token"]), 200, "")

		for _, odd := range []string{"%2E%2E", "a%00b", strings.Repeat("x", 401)} {
			s.want(s.call("DELETE", "/sessions/"+adasID+"/"+odd, ""), 400, "invalid-request")
		}
		s.want(s.call("DELETE", "/sessions/"+adasID+"/a%3Fb%23c%20d", ""), 404, "session-not-found")
	})
}

// What is answered twice, or not at all, has ended all the same.
func TestEndSessionIsRepeated(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		newBrowser(t, s).tokens(t)
		id := s.sessionsOf(t, adasID)[0]["id"].(string)
		s.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /api/v2/sessions/{id}/revoke", Times: 1, Kind: localtenant.FaultResetBody})
		s.want(s.call("DELETE", "/sessions/"+adasID+"/"+id, ""), 204, "")
		if list := s.sessionsOf(t, adasID); len(list) != 0 {
			t.Errorf("left: %v", list)
		}
	})
}

func TestEndSessions(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		first, second := newBrowser(t, s), newBrowser(t, s)
		tokens := []map[string]any{first.tokens(t), second.tokens(t)}
		for range 2 {
			s.want(s.call("DELETE", "/sessions/"+adasID, ""), 204, "")
		}
		for i, b := range []*browser{first, second} {
			wantAnswer(t, b.quietly(t), 401, "login-required")
			s.want(s.refresh(tokens[i]["refresh_token"]), 400, "refresh-token-refused")
		}
		s.want(s.call("DELETE", "/sessions/auth0%7Cnobody", ""), 204, "")
		lines := auditLines(t, s.log.String())
		if last := lines[len(lines)-1]; last["change"] != "session.end-all" || last["user"] != "auth0|nobody" || last["outcome"] != "done" {
			t.Errorf("audit line %v", last)
		}
	})
}

func TestSessionsThatThePlanLacks(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.withoutSessions(t)
		s.want(s.call("GET", "/sessions/"+adasID, ""), 501, "not-in-providers-plan")
		s.want(s.call("DELETE", "/sessions/"+adasID, ""), 501, "not-in-providers-plan")
		s.want(s.call("DELETE", "/sessions/"+adasID+"/x", ""), 501, "not-in-providers-plan")
	})
}

func TestSessionsOfOddIDs(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for _, name := range strangeIDs {
			if s.way.name == "samlocal" && strings.Contains(name, "/") {
				continue // sam local itself refuses those
			}
			id := url.PathEscape(s.addUser(localtenant.User{UserID: name}))
			s.sessionsOf(t, id)
			s.want(s.call("DELETE", "/sessions/"+id+"/nothing", ""), 404, "session-not-found")
			s.want(s.call("DELETE", "/sessions/"+id, ""), 204, "")
		}
	})
}
