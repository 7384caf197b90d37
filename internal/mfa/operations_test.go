package mfa_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/mfa"
	"usher/internal/problem"
)

func TestSuccess(t *testing.T) {
	const odd = "samlp%7Cx%7Ca%2Fb@c%25"
	tests := map[string]struct {
		operation, user string
		provider        provider
		want, asked     string
	}{
		"a reset":                 {"reset", odd, provider{reset: mfa.ResetResult{MethodsRemoved: 2, SessionsEnded: true}}, `200 {"methods_removed":2,"sessions_ended":true}`, "reset samlp|x|a/b@c%"},
		"a reset without methods": {"reset", "u", provider{}, `200 {"methods_removed":0,"sessions_ended":false}`, "reset u"},
		"a recovery code":         {"recovery code", odd, provider{code: "A1&B2"}, `201 {"recovery_code":"A1&B2"}`, "recovery code samlp|x|a/b@c%"},
		"a removed method":        {"remove", odd, provider{}, "204", "remove totp|1 of samlp|x|a/b@c%"},
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
				return op.sent(apitest.Unlimited, &provider{err: err, code: "secret"}, "u")
			})
		})
	}
}

func TestBadRequests(t *testing.T) {
	tests := map[string]struct{ user, query, want string }{
		"no id":               {"", "", "400 invalid-request path"},
		"two dots":            {"%2e%2e", "", "400 invalid-request path"},
		"two segments":        {"u/1", "", "404 no-such-route"},
		"a line break":        {"u%0A1", "", "400 invalid-request user_id"},
		"an invisible mark":   {"u%E2%80%8B1", "", "400 invalid-request user_id"},
		"too long":            {strings.Repeat("x", 401), "", "400 invalid-request user_id"},
		"a query":             {"u", "?factor=totp", "400 invalid-request factor"},
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

func TestMethodIDs(t *testing.T) {
	tests := map[string]struct {
		method, want string
		asked        []string
	}{
		"an odd one":   {"phone%7Cdev_1%2F%C3%A9", "204", []string{"remove phone|dev_1/é of u"}},
		"none":         {"", "400 invalid-request path", nil},
		"a dot":        {"%2e", "400 invalid-request path", nil},
		"two segments": {"x/y", "404 no-such-route", nil},
		"a null":       {"x%00", "400 invalid-request method", nil},
		"too long":     {strings.Repeat("x", 401), "400 invalid-request method", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, op := &provider{}, operations["remove"]
			op.target = "/mfa/{user}/methods/" + tt.method
			if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, "u"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

func TestCallers(t *testing.T) {
	for called, op := range operations {
		t.Run(called, func(t *testing.T) {
			apitest.Callers(t, "usher:mfa", func(s api.Server, user string) apitest.Sent {
				return op.sent(s, &provider{}, user)
			})
		})
	}
}
