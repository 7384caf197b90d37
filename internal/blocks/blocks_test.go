package blocks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/blocks"
	"usher/internal/problem"
)

func TestSuccess(t *testing.T) {
	const odd = "samlp%7Cx%7Ca%2Fb@c%25"
	tests := map[string]struct {
		operation, user string
		provider        provider
		want, asked     string
	}{
		"a block and the end of sessions": {"block", "u%7C1", provider{ended: true}, `200 {"user_id":"u|1","blocked":true,"sessions_ended":true}`, "block u|1"},
		"a block only":                    {"block", "u%7C1", provider{}, `200 {"user_id":"u|1","blocked":true,"sessions_ended":false}`, "block u|1"},
		"a block by an odd id":            {"block", odd, provider{}, `200 {"user_id":"samlp|x|a/b@c%","blocked":true,"sessions_ended":false}`, "block samlp|x|a/b@c%"},
		"an unblock":                      {"unblock", odd, provider{}, "204", "unblock samlp|x|a/b@c%"},
		"no login blocks":                 {"list blocks", odd, provider{found: []blocks.LoginBlock{}}, `200 {"blocked_for":[]}`, "login blocks samlp|x|a/b@c%"},
		"login blocks": {
			"list blocks", "u", provider{found: []blocks.LoginBlock{{Identifier: "a&b@x.example", IP: "192.0.2.1", Connection: "Customers"}, {IP: "192.0.2.2"}, {}}},
			`200 {"blocked_for":[{"identifier":"a&b@x.example","ip":"192.0.2.1","connection":"Customers"},{"ip":"192.0.2.2"},{}]}`, "login blocks u",
		},
		"lifted blocks": {"lift blocks", odd, provider{}, "204", "lift samlp|x|a/b@c%"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := tt.provider
			if diff := cmp.Diff(tt.want, apitest.Response(t, operations[tt.operation].do(apitest.Unlimited, &p, tt.user))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{tt.asked}, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

// The provider's problems reach the caller complete. Its other errors do not.
func TestProviderErrors(t *testing.T) {
	late := problem.ProviderUnavailable.New("No.")
	late.RetryAfter = 7 * time.Second
	tests := map[string]struct {
		err        error
		retryAfter string
	}{
		"no such user":   {fmt.Errorf("wrapped: %w", problem.UserNotFound.New("No.")), ""},
		"half done":      {problem.PartlyUpdated.New("No.", problem.Field{Field: "blocked", Detail: "was set"}), ""},
		"no provider":    {late, "7"},
		"something else": {errors.New("10.0.0.1 refused"), ""},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := &provider{err: tt.err, ended: true, found: []blocks.LoginBlock{{IP: "192.0.2.1"}}}
				w := op.do(apitest.Unlimited, p, "u")
				if diff := cmp.Diff(problem.From(tt.err).Document(""), apitest.Document(t, w)); diff != "" {
					t.Error(diff)
				}
				if got := w.Header().Get("Retry-After"); got != tt.retryAfter || !slices.Equal(p.asked, []string{op.call + "u"}) {
					t.Errorf("Retry-After is %q, and the provider was asked %v", got, p.asked)
				}
			})
		}
	}
}

func TestBadRequests(t *testing.T) {
	tests := map[string]struct{ user, want string }{
		"no id":               {"", "400 invalid-request path"},
		"two dots":            {"%2e%2e", "400 invalid-request path"},
		"a slash":             {"%2F", "400 invalid-request path"},
		"two segments":        {"u/1", "404 no-such-route"},
		"a line break":        {"u%0A1", "400 invalid-request user_id"},
		"not UTF-8":           {"u%FF", "400 invalid-request user_id"},
		"an invisible mark":   {"u%E2%80%8B1", "400 invalid-request user_id"},
		"too long":            {strings.Repeat("x", 401), "400 invalid-request user_id"},
		"a query":             {"u?connection=x", "400 invalid-request connection"},
		"an unreadable query": {"u?%zz", "400 invalid-request query"},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := &provider{}
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
		"a token with the scope":         {apitest.WithToken("usher:support"), "u", ""},
		"a token with other scopes only": {apitest.WithToken("usher:read", "usher:manage", "usher:mfa"), "u", "403 forbidden"},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := &provider{}
				got, asked := apitest.Response(t, op.do(tt.server, p, tt.user)), []string(nil)
				if tt.want == "" {
					asked = []string{op.call + tt.user}
				}
				if !slices.Equal(p.asked, asked) || tt.want == "" && got[0] != '2' || tt.want != "" && got != tt.want {
					t.Errorf("%s, and the provider was asked %v", got, p.asked)
				}
			})
		}
	}
}
