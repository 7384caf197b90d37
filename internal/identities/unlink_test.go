package identities_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/identities"
	"usher/internal/problem"
)

func TestUnlink(t *testing.T) {
	const read, gone = "account auth0|1", "unlink auth0|1 github|9"
	odd := identities.Identity{Connection: "saml", Provider: "samlp", UserID: "x|a/b@c"}
	refused := map[string]error{gone: errors.Join(identities.ErrNotTaken, problem.ProviderFailed.New("No."))}
	two, one := account("auth0|1", password, linked), account("auth0|1", password)
	tests := map[string]struct {
		reads  []identities.Account
		target string
		fails  map[string]error
		want   string
		asked  []string
	}{
		"a linked one":                {[]identities.Account{two}, "github/9", nil, "200 " + passwordOnly, []string{read, gone}},
		"by an odd id":                {[]identities.Account{account("auth0|1", password, odd)}, "samlp/x%7Ca%2Fb@c", nil, "200 " + passwordOnly, []string{read, "unlink auth0|1 samlp|x|a/b@c"}},
		"the primary one":             {[]identities.Account{two}, "auth0/1", nil, "422 primary-identity", []string{read}},
		"not the user's":              {[]identities.Account{two}, "github/8", nil, "404 identity-not-found", []string{read}},
		"of another provider":         {[]identities.Account{two}, "gitlab/9", nil, "404 identity-not-found", []string{read}},
		"no such user":                {nil, "github/9", nil, "404 user-not-found", []string{read}},
		"of an account without any":   {[]identities.Account{account("auth0|1")}, "github/9", nil, "502 provider-failed", []string{read}},
		"the first without an id":     {[]identities.Account{account("auth0|1", identities.Identity{Connection: "c", Provider: "p"}, linked)}, "github/9", nil, "502 provider-failed", []string{read}},
		"the first without a name":    {[]identities.Account{account("auth0|1", identities.Identity{Connection: "c", UserID: "1"}, linked)}, "github/9", nil, "502 provider-failed", []string{read}},
		"the first, of no connection": {[]identities.Account{account("auth0|1", identities.Identity{Provider: "p", UserID: "1"}, linked)}, "github/9", nil, "502 provider-failed", []string{read}},
		"already done":                {[]identities.Account{two, one}, "github/9", refused, "200 " + passwordOnly, []string{read, gone, read}},
		"lost meanwhile":              {[]identities.Account{two, {}}, "github/9", refused, "404 user-not-found", []string{read, gone, read}},
		"not done":                    {[]identities.Account{two, two}, "github/9", refused, "502 provider-failed", []string{read, gone, read}},
		"a bad provider":              {[]identities.Account{two}, "git%0Ahub/9", nil, "400 invalid-request provider", nil},
		"a bad id":                    {[]identities.Account{two}, "github/%E2%80%8B", nil, "400 invalid-request identity", nil},
		"no id":                       {[]identities.Account{two}, "github/", nil, "400 invalid-request path", nil},
		"two dots":                    {[]identities.Account{two}, "%2e%2e/9", nil, "400 invalid-request path", nil},
		"one segment too many":        {[]identities.Account{two}, "github/9/9", nil, "404 no-such-route", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{accounts: map[string][]identities.Account{"auth0|1": tt.reads}, left: []identities.Identity{password}, fails: tt.fails}
			op := operations["unlink"]
			op.target = "/identities/{user}/" + tt.target
			if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, "auth0%7C1"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}
