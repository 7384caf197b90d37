package identities_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

// The problems of each of the provider's calls reach the caller complete, and no call
// follows. The provider's other errors do not reach the caller.
func TestProviderErrors(t *testing.T) {
	late := problem.ProviderUnavailable.New("No.")
	late.RetryAfter = 7 * time.Second
	tests := map[string]struct {
		err        error
		retryAfter string
	}{
		"a failure":      {fmt.Errorf("wrapped: %w", problem.ProviderFailed.New("No.")), ""},
		"half done":      {problem.PartlyUpdated.New("No.", problem.Field{Field: "identity", Detail: "was linked"}), ""},
		"no provider":    {late, "7"},
		"something else": {errors.New("10.0.0.1 refused"), ""},
	}
	all := maps.Clone(operations)
	all["connections"] = listConnections
	all["suggest"] = operation{all["list"].of, "GET", "/identities/{user}?suggest=true", false, []string{"account {user}", "email a@x.example"}}
	for name, tt := range tests {
		for called, op := range all {
			for i, call := range op.calls {
				t.Run(called+"/"+call+"/"+name, func(t *testing.T) {
					p := provide("u")
					p.accounts["u"][0].Email, p.accounts["u"][0].EmailVerified = "a@x.example", true
					p.fails = map[string]error{op.callsFor("u")[i]: tt.err}
					w := op.do(apitest.Unlimited, p, "u")
					if diff := cmp.Diff(problem.From(tt.err).Document(""), apitest.Document(t, w)); diff != "" {
						t.Error(diff)
					}
					if got := w.Header().Get("Retry-After"); got != tt.retryAfter || !slices.Equal(p.asked, op.callsFor("u")[:i+1]) {
						t.Errorf("Retry-After is %q, and the provider was asked %v", got, p.asked)
					}
				})
			}
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
	tests := map[string]struct {
		server     api.Server
		user, want string // "" for success
	}{
		"a limited front-end's user":     {apitest.Limited(t), "ours", ""},
		"another front-end's user":       {apitest.Limited(t), "theirs", "403 outside-front-ends-limits shop.connections"},
		"a user who does not exist":      {apitest.Limited(t), "absent", "404 user-not-found"},
		"a token with the scope":         {apitest.WithToken("usher:identities"), "u", ""},
		"a token with other scopes only": {apitest.WithToken("usher:read", "usher:manage", "usher:support"), "u", "403 forbidden"},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := provide(tt.user)
				got, asked := apitest.Response(t, op.do(tt.server, p, tt.user)), []string(nil)
				if tt.want == "" {
					asked = op.callsFor(tt.user)
				}
				if !slices.Equal(p.asked, asked) || tt.want == "" && got[0] != '2' || tt.want != "" && got != tt.want {
					t.Errorf("%s, and the provider was asked %v", got, p.asked)
				}
			})
		}
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
