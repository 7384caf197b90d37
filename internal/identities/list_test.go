package identities_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/identities"
)

func TestList(t *testing.T) {
	no := false
	full := identities.Identity{Connection: "c", Provider: "p", UserID: "i", Profile: &identities.Profile{Email: "e", EmailVerified: &no, PhoneNumber: "pn", PhoneVerified: &no,
		Username: "un", Name: "n", Nickname: "nn", Picture: "pic&"}}
	tests := map[string]struct {
		found []identities.Identity
		query string
		want  string
	}{
		"none":                       {nil, "", `200 {"identities":[]}`},
		"two":                        {[]identities.Identity{password, linked}, "?suggest=false", "200 " + both},
		"one that cannot be read":    {[]identities.Identity{password, {}, linked}, "", "200 " + both},
		"a bare profile":             {[]identities.Identity{{Connection: "c", Provider: "p", UserID: "i", Profile: &identities.Profile{}}}, "", `200 {"identities":[{"connection":"c","provider":"p","user_id":"i","social":false,"primary":false,"profile":{}}]}`},
		"a first one that cannot be": {[]identities.Identity{{Primary: true}}, "", `200 {"identities":[{"connection":"","provider":"","user_id":"","social":false,"primary":true}]}`},
		"a full one": {[]identities.Identity{full}, "", `200 {"identities":[{"connection":"c","provider":"p","user_id":"i","social":false,"primary":false,` +
			`"profile":{"email":"e","email_verified":false,"phone_number":"pn","phone_verified":false,"username":"un","name":"n","nickname":"nn","picture":"pic&"}}]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			const id = "samlp|x|a/b@c"
			p, op := &provider{accounts: map[string][]identities.Account{id: {account(id, tt.found...)}}}, operations["list"]
			op.target += tt.query
			if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(apitest.Unlimited, p, "samlp%7Cx%7Ca%2Fb@c"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"account " + id}, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

func TestSuggestions(t *testing.T) {
	const (
		none   = `,"suggestions":[]}`
		github = `,"suggestions":[{"user_id":"github|2","connection":"Customers","provider":"github","social":true}]}`
		failed = "502 provider-failed"
	)
	other := func(change func(*identities.Account)) []identities.Account {
		a := account("github|2", identities.Identity{Connection: "Customers", Provider: "github", UserID: "2", Social: true, Primary: true}, linked)
		a.Email, a.EmailVerified = "ADA@x.example", true
		change(&a)
		return []identities.Account{a}
	}
	same := func(*identities.Account) {}
	ada := func(a *identities.Account) { a.Email, a.EmailVerified = "Ada@x.example", true }
	shop := apitest.Limited(t)
	tests := map[string]struct {
		server api.Server
		user   func(*identities.Account)
		found  []identities.Account
		want   string
		asks   bool // for the address
	}{
		"another account":                {apitest.Unlimited, ada, other(same), github, true},
		"another one behind the user":    {apitest.Unlimited, ada, append(other(func(a *identities.Account) { a.ID = "ours" }), other(same)...), github, true},
		"no other account":               {apitest.Unlimited, ada, nil, none, true},
		"the user":                       {apitest.Unlimited, ada, other(func(a *identities.Account) { a.ID = "ours" }), none, true},
		"another address":                {apitest.Unlimited, ada, other(func(a *identities.Account) { a.Email = "ada@y.example" }), none, true},
		"an address that is not proven":  {apitest.Unlimited, ada, other(func(a *identities.Account) { a.EmailVerified = false }), none, true},
		"a blocked account":              {apitest.Unlimited, ada, other(func(a *identities.Account) { a.Blocked = true }), none, true},
		"an account without identities":  {apitest.Unlimited, ada, other(func(a *identities.Account) { a.Identities = nil }), none, true},
		"an account without an id":       {apitest.Unlimited, ada, other(func(a *identities.Account) { a.ID = "" }), failed, true},
		"an account without an address":  {apitest.Unlimited, ada, append(other(same), other(func(a *identities.Account) { a.Email = "" })...), failed, true},
		"within the front-end's limits":  {shop, ada, other(same), github, true},
		"outside the front-end's limits": {shop, ada, other(func(a *identities.Account) { a.Identities[0].Connection = "Employees" }), none, true},
		"the user has no address":        {apitest.Unlimited, func(a *identities.Account) { a.EmailVerified = true }, other(same), none, false},
		"the user has not proven it":     {apitest.Unlimited, func(a *identities.Account) { a.Email = "ada@x.example" }, other(same), none, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			user := account("ours", password)
			tt.user(&user)
			p, op := &provider{accounts: map[string][]identities.Account{"ours": {user}}, found: tt.found}, operations["list"]
			op.target += "?suggest=true"
			want, asked := tt.want, []string{"account ours"}
			if want != failed {
				want = "200 " + passwordOnly[:len(passwordOnly)-1] + tt.want
			}
			if tt.asks {
				asked = append(asked, "email "+user.Email)
			}
			if diff := cmp.Diff(want, apitest.Response(t, op.do(tt.server, p, "ours"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

func TestListConnections(t *testing.T) {
	found := []identities.Connection{
		{Name: "github", DisplayName: "Git & Hub", Strategy: "github", Kind: identities.Social},
		{Name: "Employees", DisplayName: "Employees", Strategy: "samlp", Kind: identities.Enterprise},
		{Name: "Customers", DisplayName: "Customers", Strategy: "auth0", Kind: identities.Database},
	}
	const (
		customers = `{"name":"Customers","display_name":"Customers","strategy":"auth0","kind":"database"}`
		others    = `{"name":"Employees","display_name":"Employees","strategy":"samlp","kind":"enterprise"},{"name":"github","display_name":"Git & Hub","strategy":"github","kind":"social"}`
	)
	tests := map[string]struct {
		server api.Server
		found  []identities.Connection
		query  string
		want   string
		asked  []string
	}{
		"all, in order":         {apitest.Unlimited, found, "", `200 {"connections":[` + customers + "," + others + "]}", listConnections.calls},
		"none":                  {apitest.Unlimited, nil, "", `200 {"connections":[]}`, listConnections.calls},
		"the front-end's":       {apitest.Limited(t), found, "", `200 {"connections":[` + customers + "]}", listConnections.calls},
		"none of the front-end": {apitest.Limited(t), found[:2], "", `200 {"connections":[]}`, listConnections.calls},
		"a query":               {apitest.Unlimited, found, "?kind=social", "400 invalid-request kind", nil},
		"the scope":             {apitest.WithToken("usher:sign-in"), nil, "", `200 {"connections":[]}`, listConnections.calls},
		"another scope":         {apitest.WithToken("usher:identities"), nil, "", "403 forbidden", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, op := &provider{connections: append([]identities.Connection{}, tt.found...)}, listConnections
			op.target += tt.query
			if diff := cmp.Diff(tt.want, apitest.Response(t, op.do(tt.server, p, ""))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
			if !cmp.Equal(p.connections, append([]identities.Connection{}, tt.found...)) {
				t.Error("the provider's list was changed")
			}
		})
	}
}
