package identities_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

// No call follows one that fails.
func TestProviderErrors(t *testing.T) {
	all := maps.Clone(operations)
	all["connections"] = listConnections
	all["suggest"] = operation{all["list"].of, "GET", "/identities/{user}?suggest=true", false, []string{"account {user}", "email a@x.example"}}
	for called, op := range all {
		for i, call := range op.callsFor("u") {
			t.Run(called+"/"+call, func(t *testing.T) {
				apitest.ProviderErrors(t, problem.ProviderFailed, func(err error) apitest.Sent {
					p := provide("u")
					p.accounts["u"][0].Email, p.accounts["u"][0].EmailVerified = "a@x.example", true
					p.fails = map[string]error{call: err}
					sent := op.sent(apitest.Unlimited, p, "u")
					sent.Want = sent.Want[:i+1]
					return sent
				})
			})
		}
	}
}

func TestBadRequests(t *testing.T) {
	tests := map[string]struct{ user, query, want string }{
		"no id":               {"", "", "400 invalid-request path"},
		"two dots":            {"%2e%2e", "", "400 invalid-request path"},
		"two segments":        {"u/1", "", "404 no-such-route"},
		"a line break":        {"u%0A1", "", "400 invalid-request user_id"},
		"too long":            {strings.Repeat("x", 401), "", "400 invalid-request user_id"},
		"a query":             {"u", "?user=v", "400 invalid-request user"},
		"an unreadable query": {"u", "?%zz", "400 invalid-request query"},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := &provider{}
				op.target += tt.query
				if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, tt.user))); diff != "" || len(p.asked) > 0 {
					t.Errorf("%s\nthe provider was asked %v", diff, p.asked)
				}
			})
		}
	}
}

func TestCallers(t *testing.T) {
	for called, op := range operations {
		t.Run(called, func(t *testing.T) {
			apitest.Callers(t, "usher:identities", func(s api.Server, user string) apitest.Sent {
				return op.sent(s, provide(user), user)
			})
		})
	}
}

// The audit line of a change names both accounts, whether it is made or refused.
func TestAudit(t *testing.T) {
	for called, tt := range map[string]struct{ change, other string }{"link": {"identity.link", "github|2"}, "unlink": {"identity.unlink", "github|9"}} {
		for outcome, err := range map[string]error{"done": nil, "refused": problem.IdentityAlreadyLinked.New("No.")} {
			p, op := provide("auth0|1"), operations[called]
			p.fails = map[string]error{called + " auth0|1 " + tt.other: err}
			var log bytes.Buffer
			w, r := httptest.NewRecorder(), op.request("auth0%7C1")
			httpapi.Serve(apitest.Unlimited.Handler(op.of(p)), httpapi.ServeOptions{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: httpapi.LevelAudit})), Deadline: time.Hour}).ServeHTTP(w, r)
			var line struct {
				Change, User, Outcome string
				OtherUser             string `json:"other_user"`
			}
			if err := json.Unmarshal(log.Bytes(), &line); err != nil {
				t.Fatalf("%v: %s", err, log.Bytes())
			}
			if line.Change != tt.change || line.User != "auth0|1" || line.OtherUser != tt.other || line.Outcome != outcome {
				t.Errorf("%s: %s", called, log.Bytes())
			}
		}
	}
}
