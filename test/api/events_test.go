package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

var costsOfEvents = []cost{{"listevents", "", 1, ofUser("/events/", "")}}

// eventsOf is a page of a user's history; the id is percent-encoded.
func (s *service) eventsOf(t *testing.T, user, query string) (list []map[string]any, next string) {
	t.Helper()
	got := s.as(t, "GET", "/events/"+user+query, "")
	wantAnswer(t, got, 200, "")
	for _, one := range got.json(t)["events"].([]any) {
		list = append(list, one.(map[string]any))
	}
	next, _ = got.json(t)["next"].(string)
	if (next != "") != (got.header.Get("Link") != "") {
		t.Errorf("next is %q, and Link %q", next, got.header.Get("Link"))
	}
	return list, next
}

func TestEvents(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		b := newBrowser(t, s)
		b.tryPassword(t, "wrong-Password-1")
		b.tokens(t)
		resp := must(b.web.Get(b.get(t, "/logout").header.Get("Location")))
		resp.Body.Close()
		list, next := s.eventsOf(t, adasID, "")
		var types []any
		for _, one := range list {
			types = append(types, one["type"])
			if one["id"] == nil || one["at"] == nil || one["ip"] != "127.0.0.1" || one["connection"] != localtenant.Connection || one["client"] != localtenant.ClientID {
				t.Errorf("event %v", one)
			}
		}
		if fmt.Sprint(types) != "[signed-out signed-in wrong-password]" || next != "" {
			t.Errorf("%v, and then %q", types, next)
		}
		for _, nobody := range []string{"auth0%7Cnobody", "auth0%7C65e19a100000000000000002"} {
			if list, _ := s.eventsOf(t, nobody, ""); len(list) != 0 {
				t.Errorf("%s: %v", nobody, list)
			}
		}
		s.want(s.call("DELETE", "/users/"+adasID, ""), 204, "")
		if list, _ := s.eventsOf(t, adasID, ""); len(list) != 3 {
			t.Errorf("of a deleted user: %v", list)
		}
		s.want(s.call("GET", "/events/%2E%2E", ""), 400, "invalid-request")
	})
}

// tryPassword fills in the provider's page, in vain.
func (b *browser) tryPassword(t *testing.T, password string) {
	t.Helper()
	page := b.follow(t, must(b.web.Get(b.begin(t, ""))))
	resp := must(b.web.PostForm(b.s.tenant.URL+"/u/login", url.Values{
		"state": stateField.FindStringSubmatch(page)[1:], "username": {"ada@example.com"}, "password": {password},
	}))
	resp.Body.Close()
}

// Every code that the provider knows has a word of ours, in the contract; new
// ones are "other", and none of the provider's own words goes out.
func TestEventTypes(t *testing.T) {
	contract, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(contract), "\n    EventType:\n")
	section, _, _ = strings.Cut(section, "\n\n")
	told := regexp.MustCompile("(?m)^        - `([a-z-]+)`: .+\\.$").FindAllStringSubmatch(section, -1)
	listed := regexp.MustCompile("(?m)^        - ([a-z-]+)$").FindAllStringSubmatch(section, -1)
	source, err := os.ReadFile("../../internal/events/types.go")
	if err != nil {
		t.Fatal(err)
	}
	ours := regexp.MustCompile(`Type = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	names := func(found [][]string) (all []string) {
		for _, f := range found {
			all = append(all, f[1])
		}
		return all
	}
	if want := names(ours); len(want) < 50 || !slices.Equal(names(told), want) || !slices.Equal(names(listed), want) {
		t.Errorf("the contract explains %v and lists %v; the code has %v", names(told), names(listed), want)
	}

	codes := map[string]string{
		"s": "signed-in", "fp": "wrong-password", "fu": "sign-in-failed", "limit_wc": "sign-in-blocked", "ss": "signed-up", "slo": "signed-out",
		"scp": "password-changed", "scpr": "password-change-requested", "sv": "email-verified", "gd_auth_succeed": "mfa-succeeded",
		"gd_auth_failed": "mfa-failed", "gd_enrollment_complete": "mfa-enrolled", "gd_unenroll": "mfa-removed", "sertft": "tokens-refreshed",
		"ferrt": "refresh-token-reused", "sapi": "api-change", "something_new": "other", "": "other",
	}
	asDeployed(t, func(t *testing.T, s *service) {
		for code, want := range codes {
			s.tenant.Tenant.AddEvent("auth0|65e19a100000000000000001", code)
			got := s.call("GET", "/events/"+adasID+"?limit=1", "")
			if !strings.Contains(string(got.body), `"type":"`+want+`"`) || strings.Contains(string(got.body), "own words") {
				t.Errorf("%q is %s, want %s", code, got.body, want)
			}
		}
	})
}

// A walk sees each event that was there at its beginning once, whatever comes
// in meanwhile, and although many are of one instant.
func TestEventsByPages(t *testing.T) {
	const ada = "auth0|65e19a100000000000000001"
	tests := map[string]struct{ limit, meanwhile, calls int }{
		"few at a time":               {7, 0, 40},
		"the provider's own size":     {100, 0, 3},
		"one new one for each page":   {50, 1, 8},
		"a page of new ones for each": {60, 100, 9},
		"more than a page of new":     {100, 130, 9},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				if err := s.tenant.Tenant.Reset(); err != nil {
					t.Fatal(err)
				}
				for range 230 {
					s.tenant.Tenant.AddEvent(ada, "s")
				}
				s.as(t, "GET", "/users", "")
				want := map[string]bool{}
				for _, line := range s.tenant.Tenant.Log() {
					want[line.ID] = true
				}
				s.tenant.Tenant.ResetStats()
				var got []string
				query := fmt.Sprintf("?limit=%d", tt.limit)
				for {
					list, next := s.eventsOf(t, adasID, query)
					for _, one := range list {
						got = append(got, one["id"].(string))
					}
					if len(got) > 230 {
						t.Fatal("the walk repeats itself")
					}
					if next == "" {
						break
					}
					if len(list) == 0 || len(list) > tt.limit {
						t.Fatalf("a page of %d", len(list))
					}
					query = fmt.Sprintf("?limit=%d&cursor=%s", tt.limit, next)
					for range tt.meanwhile {
						s.tenant.Tenant.AddEvent(ada, "fp")
					}
				}
				for _, id := range got {
					if !want[id] {
						t.Fatalf("%s is repeated, or new", id)
					}
					delete(want, id)
				}
				if len(want) > 0 || !slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(b, a) }) {
					t.Errorf("%d are hidden, or the order is wrong", len(want))
				}
				if n := s.tenant.Tenant.Stats().Requests; n > tt.calls {
					t.Errorf("%d provider calls, want %d at the most", n, tt.calls)
				}
			})
		}
	})
}

// The provider gives no more than 1,000; a walk ends there and does not fail.
func TestEventsEndAtTheProvidersLimit(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for range 1050 {
			s.tenant.Tenant.AddEvent("auth0|65e19a100000000000000001", "s")
		}
		seen, query := 0, "?limit=100"
		for {
			list, next := s.eventsOf(t, adasID, query)
			seen += len(list)
			if len(list) == 0 {
				t.Fatal("a cursor leads to nothing")
			}
			if next == "" {
				break
			}
			query = "?limit=100&cursor=" + next
			s.tenant.Tenant.AddEvent("auth0|65e19a100000000000000001", "fp")
		}
		if seen < 980 || seen > 1000 {
			t.Errorf("%d events", seen)
		}
	})
}

func TestEventsRefuse(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for range 2 {
			s.tenant.Tenant.AddEvent("auth0|65e19a100000000000000001", "s")
		}
		_, cursor := s.eventsOf(t, adasID, "?limit=1")
		for target, code := range map[string]string{
			"/events/" + adasID + "?limit=0":            "invalid-request",
			"/events/" + adasID + "?limit=101":          "invalid-request",
			"/events/" + adasID + "?type=signed-in":     "invalid-request",
			"/events/" + adasID + "?cursor=x":           "invalid-cursor",
			"/events/auth0%7Cother?cursor=" + cursor:    "invalid-cursor",
			"/sessions/" + adasID + "?cursor=" + cursor: "invalid-cursor",
		} {
			s.want(s.call("GET", target, ""), 400, code)
		}
	})
}

func TestEventsOfOddIDs(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		for _, name := range strangeIDs {
			if s.way.name == "samlocal" && strings.Contains(name, "/") {
				continue // sam local itself refuses those
			}
			id := s.addUser(localtenant.User{UserID: name})
			s.tenant.Tenant.AddEvent(id, "ss")
			if list, _ := s.eventsOf(t, url.PathEscape(id), ""); len(list) != 1 {
				t.Errorf("%s: %v", id, list)
			}
		}
	})
}

// One id joins the front-end's log, our audit line and the provider's log.
func TestChangesAreCorrelated(t *testing.T) {
	long := strings.Repeat("r", 65)
	sum := sha256.Sum256([]byte(long))
	tests := map[string]struct{ requestID, want string }{
		"short":       {"r-1", "r-1"},
		"the longest": {long[:64], long[:64]},
		"too long":    {long, hex.EncodeToString(sum[:])},
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				before := len(s.log.String())
				wantAnswer(t, s.as(t, "PATCH", "/users/"+adasID, `{"nickname":"a"}`, "X-Request-Id", tt.requestID), 200, "")
				lines := auditLines(t, s.log.String()[before:])
				if len(lines) != 1 || lines[0]["request_id"] != tt.requestID || lines[0]["correlation_id"] != tt.want {
					t.Errorf("audit lines %v", lines)
				}
				log := s.tenant.Tenant.Log()
				if last := log[len(log)-1]; last.Type != "sapi" || last.Method != "PATCH" || last.CorrelationID != tt.want {
					t.Errorf("the provider's log ends with %+v", last)
				}
			})
		}
	})
}
