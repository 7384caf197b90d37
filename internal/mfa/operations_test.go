package mfa_test

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

// The provider's problems reach the caller complete. Its other errors do not.
func TestProviderErrors(t *testing.T) {
	late := problem.ProviderUnavailable.New("No.")
	late.RetryAfter = 7 * time.Second
	tests := map[string]struct {
		err        error
		retryAfter string
	}{
		"no such user":   {fmt.Errorf("wrapped: %w", problem.UserNotFound.New("No.")), ""},
		"half done":      {problem.PartlyUpdated.New("No.", problem.Field{Field: "methods", Detail: "were removed"}), ""},
		"no provider":    {late, "7"},
		"something else": {errors.New("10.0.0.1 refused"), ""},
	}
	for name, tt := range tests {
		for called, op := range operations {
			t.Run(called+"/"+name, func(t *testing.T) {
				p := &provider{err: tt.err, code: "secret"}
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
	tests := map[string]struct {
		server     api.Server
		user, want string // "" for success
	}{
		"a limited front-end's user":     {apitest.Limited(t), "ours", ""},
		"another front-end's user":       {apitest.Limited(t), "theirs", "403 outside-front-ends-limits shop.connections"},
		"a user who does not exist":      {apitest.Limited(t), "absent", "404 user-not-found"},
		"a token with the scope":         {apitest.WithToken("usher:mfa"), "u", ""},
		"a token with other scopes only": {apitest.WithToken("usher:read", "usher:manage", "usher:support"), "u", "403 forbidden"},
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
