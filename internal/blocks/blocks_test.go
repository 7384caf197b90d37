package blocks_test

import (
	"strings"
	"testing"

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

func TestProviderErrors(t *testing.T) {
	for called, op := range operations {
		t.Run(called, func(t *testing.T) {
			apitest.ProviderErrors(t, problem.UserNotFound, func(err error) apitest.Sent {
				p := &provider{err: err, ended: true, found: []blocks.LoginBlock{{IP: "192.0.2.1"}}}
				return op.sent(apitest.Unlimited, p, "u")
			})
		})
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
	for called, op := range operations {
		t.Run(called, func(t *testing.T) {
			apitest.Callers(t, "usher:support", func(s api.Server, user string) apitest.Sent {
				return op.sent(s, &provider{}, user)
			})
		})
	}
}
