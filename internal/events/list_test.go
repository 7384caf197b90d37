package events_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/events"
	"usher/internal/problem"
)

func TestList(t *testing.T) {
	tests := map[string]struct {
		target string
		found  []events.Event
		want   string
		asked  asked
	}{
		"nothing":      {"u%7C1", nil, `200 {"events":[]}`, asked{User: "u|1", Limit: 50}},
		"an empty one": {"samlp%7Cx%7Ca%2Fb@c", []events.Event{}, `200 {"events":[]}`, asked{User: "samlp|x|a/b@c", Limit: 50}},
		"bare":         {"u?limit=1", []events.Event{{ID: "1", Type: events.Other}}, `200 {"events":[{"id":"1","type":"other"}]}`, asked{User: "u", Limit: 1}},
		"full, in the provider's order": {
			"u?limit=100",
			[]events.Event{{ID: "2", Type: events.SignedIn, At: &now, IP: "192.0.2.1", UserAgent: "a<b>&c", Connection: "Customers", Client: "app"}, {ID: "1", Type: events.WrongPassword, At: &now}},
			`200 {"events":[{"id":"2","type":"signed-in","at":"2026-01-01T12:00:00.005Z","ip":"192.0.2.1","user_agent":"a<b>&c","connection":"Customers","client":"app"},` +
				`{"id":"1","type":"wrong-password","at":"2026-01-01T12:00:00.005Z"}]}`,
			asked{User: "u", Limit: 100},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{page: events.Page{Events: tt.found}}
			w := list(p, tt.target)
			if diff := cmp.Diff(tt.want, apitest.Response(t, w, "Link")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]asked{tt.asked}, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
			if link := w.Header().Get("Link"); link != "" {
				t.Errorf("the last page has the link %s", link)
			}
		})
	}
}

func TestListRefuses(t *testing.T) {
	tests := map[string]struct{ target, want string }{
		"no id":                {"", "400 invalid-request path"},
		"two dots":             {"%2e%2e", "400 invalid-request path"},
		"a line break":         {"u%0A1", "400 invalid-request user_id"},
		"a limit of zero":      {"u?limit=0", "400 invalid-request limit"},
		"a limit too high":     {"u?limit=101", "400 invalid-request limit"},
		"no number":            {"u?limit=1.5", "400 invalid-request limit"},
		"an empty limit":       {"u?limit=", "400 invalid-request limit"},
		"a limit twice":        {"u?limit=1&limit=1", "400 invalid-request limit"},
		"an empty cursor":      {"u?cursor=", "400 invalid-request cursor"},
		"an unknown parameter": {"u?type=signed-in", "400 invalid-request type"},
		"all of them":          {"u?limit=x&cursor=&type=x", "400 invalid-request limit cursor type"},
		"an unreadable query":  {"u?%zz", "400 invalid-request query"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{}
			if diff := cmp.Diff(tt.want, apitest.Response(t, list(p, tt.target), "Link")); diff != "" || len(p.asked) > 0 {
				t.Errorf("%s\nthe provider was asked %v", diff, p.asked)
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
		"a failure":      {fmt.Errorf("wrapped: %w", problem.ProviderFailed.New("No.")), ""},
		"no provider":    {late, "7"},
		"something else": {errors.New("10.0.0.1 refused"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{err: tt.err, page: events.Page{Events: []events.Event{{ID: "1"}}, Next: &events.Position{Passed: 1}}}
			w := list(p, "u")
			if diff := cmp.Diff(problem.From(tt.err).Document(""), apitest.Document(t, w)); diff != "" {
				t.Error(diff)
			}
			if got := w.Header(); got.Get("Retry-After") != tt.retryAfter || got.Get("Link") != "" {
				t.Errorf("headers %v", got)
			}
		})
	}
}

// A limited front-end gets an empty history of a user who does not exist: the
// provider's log may have that of a user of another connection.
func TestCallers(t *testing.T) {
	const none = `200 {"events":[]}`
	first := func(user string) []asked { return []asked{{User: user, Limit: 50}} }
	shop, cursor := apitest.Limited(t), nextOf(t, "absent")
	broken := shop
	broken.Directory = failing{}
	tests := map[string]struct {
		server       api.Server
		target, want string
		asked        []asked
	}{
		"a limited front-end's user":       {shop, "ours", none, first("ours")},
		"another front-end's user":         {shop, "theirs", "403 outside-front-ends-limits shop.connections", nil},
		"a user who does not exist":        {shop, "absent", none, nil},
		"the next page of that user":       {shop, "absent?limit=1&cursor=" + cursor, none, nil},
		"that user, with another's cursor": {shop, "missing?cursor=" + cursor, "400 invalid-cursor cursor", nil},
		"that user, with a bad query":      {shop, "absent?limit=0", "400 invalid-request limit", nil},
		"without limits, that user":        {apitest.Unlimited, "absent", none, first("absent")},
		"no answer about the connection":   {broken, "ours", "503 provider-unavailable", nil},
		"a token with the scope":           {apitest.WithToken("usher:support"), "u", none, first("u")},
		"a token with other scopes only":   {apitest.WithToken("usher:read", "usher:mfa"), "u", "403 forbidden", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{}
			w := listFrom(tt.server, p, sealer, tt.target)
			if diff := cmp.Diff(tt.want, apitest.Response(t, w, "Link")); diff != "" || w.Header().Get("Link") != "" {
				t.Errorf("%s\nheaders %v", diff, w.Header())
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}
