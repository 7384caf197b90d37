package identities_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/identities"
	"usher/internal/problem"
)

func TestLink(t *testing.T) {
	mine, theirs := account("ours", password), account("github|2", github)
	has := account("ours", password, identities.Identity{Provider: "github", UserID: "2"})
	blocked := func(a identities.Account) identities.Account {
		a.Blocked = true
		return a
	}
	illegible := func(id string) identities.Account {
		return account(id, identities.Identity{Provider: "p", UserID: "1"})
	}
	outside := account("github|2", identities.Identity{Connection: "Employees", Provider: "github", UserID: "2"})
	all := operations["link"].callsFor("ours")
	proofs, others, users := all[:2], all[:3], all[:4]
	again := func(calls []string) []string { return append(calls[:len(calls):len(calls)], "account ours") }
	refused := map[string]error{"link ours github|2": errors.Join(identities.ErrNotTaken, problem.ProviderFailed.New("No."))}
	reads := func(a ...identities.Account) []identities.Account { return a }
	tests := map[string]struct {
		server        api.Server
		user, subject string // the subjects of the two tokens
		accounts      []identities.Account
		other         []identities.Account
		fails         map[string]error
		want          string
		asked         []string
	}{
		"another account":             {apitest.Unlimited, "ours", "github|2", reads(mine), reads(theirs), nil, "201 " + both, all},
		"within the limits":           {apitest.Limited(t), "ours", "github|2", reads(mine), reads(theirs), nil, "201 " + both, all},
		"outside the limits":          {apitest.Limited(t), "ours", "github|2", reads(mine), reads(outside), nil, "403 outside-front-ends-limits shop.connections", others},
		"the user":                    {apitest.Unlimited, "ours", "ours", reads(mine), nil, nil, "409 identity-already-linked", []string{"proof ours", "proof ours"}},
		"the proof of another user":   {apitest.Unlimited, "theirs", "github|2", reads(mine), reads(theirs), nil, "422 proof-refused id_token", []string{"proof theirs", "proof github|2"}},
		"two bad proofs":              {apitest.Unlimited, "ours", "github|2", reads(mine), reads(theirs), map[string]error{"proof ours": identities.ErrExpired, "proof github|2": identities.ErrForeign}, "422 proof-refused id_token link_id_token", proofs},
		"a blocked account":           {apitest.Unlimited, "ours", "github|2", reads(mine), reads(blocked(theirs)), nil, "422 account-blocked link_id_token", others},
		"an account with identities":  {apitest.Unlimited, "ours", "github|2", reads(mine), reads(account("github|2", github, linked)), nil, "422 account-has-identities", others},
		"an illegible account":        {apitest.Unlimited, "ours", "github|2", reads(mine), reads(illegible("github|2")), nil, "502 provider-failed", others},
		"an account without any":      {apitest.Unlimited, "ours", "github|2", reads(mine), reads(account("github|2")), nil, "502 provider-failed", others},
		"a blocked user":              {apitest.Unlimited, "ours", "github|2", reads(blocked(mine)), reads(theirs), nil, "422 account-blocked id_token", users},
		"an illegible user":           {apitest.Unlimited, "ours", "github|2", reads(illegible("ours")), reads(theirs), nil, "502 provider-failed", users},
		"no such user":                {apitest.Unlimited, "ours", "github|2", nil, reads(theirs), nil, "404 user-not-found", users},
		"a lost account":              {apitest.Unlimited, "ours", "github|2", reads(mine), nil, nil, "422 proof-refused link_id_token", again(others)},
		"an account already linked":   {apitest.Unlimited, "ours", "github|2", reads(has), nil, nil, "409 identity-already-linked", again(others)},
		"both lost":                   {apitest.Unlimited, "ours", "github|2", nil, nil, nil, "404 user-not-found", again(others)},
		"refused, and already linked": {apitest.Unlimited, "ours", "github|2", reads(mine, has), reads(theirs), refused, "409 identity-already-linked", again(all)},
		"refused, and lost":           {apitest.Unlimited, "ours", "github|2", reads(mine, identities.Account{}), reads(theirs), refused, "404 user-not-found", again(all)},
		"refused, and not linked":     {apitest.Unlimited, "ours", "github|2", reads(mine), reads(theirs), refused, "502 provider-failed", again(all)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{accounts: map[string][]identities.Account{"ours": tt.accounts, "github|2": tt.other}, left: []identities.Identity{password, {}, linked}, fails: tt.fails}
			r := httptest.NewRequest("POST", "/identities/ours", strings.NewReader(proofsOf(tt.user, tt.subject)))
			r.Header.Set("Content-Type", "application/json")
			if diff := cmp.Diff(tt.want, apitest.Response(t, operations["link"].send(tt.server, p, r))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

func TestLinkRefuses(t *testing.T) {
	const json = "application/json"
	token := tokenOf("u")
	tests := map[string]struct{ contentType, body, want string }{
		"no media type":     {"", proofsOf("u", "v"), "415 unsupported-media-type"},
		"no body":           {json, "", "400 invalid-json"},
		"no tokens":         {json, "{}", "400 invalid-request id_token link_id_token"},
		"nulls":             {json, `{"id_token":null,"link_id_token":null}`, "400 invalid-request id_token link_id_token"},
		"one token":         {json, `{"id_token":"` + token + `"}`, "400 invalid-request link_id_token"},
		"the other token":   {json, `{"link_id_token":"` + token + `"}`, "400 invalid-request id_token"},
		"no JWT":            {json, `{"id_token":"` + token + `","link_id_token":"opaque"}`, "400 invalid-request link_id_token"},
		"an unsigned JWT":   {json, `{"id_token":"e30.e30.","link_id_token":"` + token + `"}`, "400 invalid-request id_token"},
		"an empty text":     {json, `{"id_token":"","link_id_token":"` + token + `"}`, "400 invalid-request id_token"},
		"a number":          {json, `{"id_token":1,"link_id_token":"` + token + `"}`, "400 invalid-request id_token"},
		"an id for a proof": {json, `{"id_token":"` + token + `","user_id":"github|2"}`, "400 invalid-request user_id"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := provide("u")
			r := httptest.NewRequest("POST", "/identities/u", strings.NewReader(tt.body))
			if tt.contentType != "" {
				r.Header.Set("Content-Type", tt.contentType)
			}
			if diff := cmp.Diff(tt.want, apitest.Response(t, operations["link"].send(apitest.Unlimited, p, r))); diff != "" || len(p.asked) > 0 {
				t.Errorf("%s\nthe provider was asked %v", diff, p.asked)
			}
		})
	}
}

func TestLinkWithoutKeys(t *testing.T) {
	p, op := provide("u"), operations["link"]
	op.of = func(p *provider) api.Operation { return identities.Link(p, noKeys{}, clock) }
	if got := apitest.Response(t, op.do(apitest.Unlimited, p, "u")); got != "503 service-unavailable" || !slices.Equal(p.asked, []string{"proof u"}) {
		t.Errorf("%s, and the provider was asked %v", got, p.asked)
	}
}
