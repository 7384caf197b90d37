package authorizer_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"

	"usher/internal/authorizer"
	"usher/internal/config"
)

// claimSet holds claims in addition to those of every token.
type claimSet map[string]any

// with returns the claims with changes; nil removes a claim.
func (s claimSet) with(changes claimSet) claimSet {
	all := maps.Clone(s)
	maps.Copy(all, changes)
	return all
}

// tokensOf holds the claims of an issuer's tokens for one API: the application's own tokens,
// and its users' tokens. All have all scopes, since a user can change the scopes in the
// redirect to the issuer.
type tokensOf struct {
	rule       string // from docs/bearer.md
	own, users []claimSet
}

const (
	all  = "openid profile usher:sign-in usher:read usher:manage usher:app-metadata"
	uuid = "f:7f6c2b1e-0000-4000-8000-000000000001"
)

// The claims are from the issuers' documentation and from published tokens.
func issuers() map[string]tokensOf {
	auth0 := claimSet{"sub": "shop@clients", "azp": "shop", "gty": "client-credentials", "scope": all}
	standard := claimSet{"sub": "shop", "client_id": "shop", "scope": all}
	entra := claimSet{"sub": uuid, "oid": uuid, "azp": "shop", "azpacr": "1", "idtyp": "app", "roles": []string{"usher:read"}, "tid": "t", "ver": "2.0"}
	keycloak := claimSet{
		"sub": uuid, "typ": "Bearer", "azp": "shop", "client_id": "shop", "clientHost": "10.0.0.1", "scope": all,
		"preferred_username": "service-account-shop", "email_verified": false,
	}
	okta := claimSet{"sub": "shop", "cid": "shop", "scp": strings.Fields(all), "ver": 1}
	oktaUser := claimSet{"sub": "ada@example.com", "uid": "00u1", "cid": "shop", "scp": strings.Fields(all), "ver": 1}
	auth0User := claimSet{"sub": "auth0|65e19a100000000000000001", "azp": "shop", "scope": all, "permissions": []string{"usher:manage"}}
	return map[string]tokensOf{
		"Auth0": {"", []claimSet{auth0, auth0.with(claimSet{"gty": nil})}, []claimSet{
			auth0User, auth0User.with(claimSet{"gty": "password"}), auth0User.with(claimSet{"gty": "client-credentials"}),
			auth0User.with(claimSet{"gty": []string{"refresh_token"}}), auth0User.with(claimSet{"sub": "auth0|shop@clients"}),
			auth0User.with(claimSet{"sub": "google-oauth2|109876543210987654321", "act": claimSet{"sub": "shop@clients"}}),
		}},
		"Auth0 with RFC 9068 tokens": {"", []claimSet{standard.with(claimSet{"sub": "shop@clients"})}, []claimSet{
			auth0User.with(claimSet{"azp": nil, "client_id": "shop"}), standard.with(claimSet{"sub": "sms|65e19a100000000000000001"}),
		}},
		"Cognito": {"", []claimSet{standard.with(claimSet{"token_use": "access", "version": 2})}, []claimSet{
			standard.with(claimSet{"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "token_use": "access", "username": "shop", "cognito:groups": []string{"shop"}}),
		}},
		"Entra ID, v2": {"client=azp; idtyp=app", []claimSet{entra}, []claimSet{
			entra.with(claimSet{"idtyp": nil, "scp": all, "name": "app", "preferred_username": "app"}), entra.with(claimSet{"idtyp": "user", "scp": all}),
		}},
		"Entra ID, v1": {"client=appid; idtyp=app", []claimSet{entra.with(claimSet{"azp": nil, "azpacr": nil, "appid": "shop", "ver": "1.0"})}, []claimSet{
			entra.with(claimSet{"azp": nil, "appid": "shop", "idtyp": nil, "scp": all, "upn": "app", "unique_name": "app"}),
			entra.with(claimSet{"azp": nil, "appid": "shop", "idtyp": "user"}),
		}},
		"Keycloak": {"client=azp; preferred_username=service-account-{client}", []claimSet{keycloak}, []claimSet{
			keycloak.with(claimSet{"preferred_username": "ada", "client_id": nil, "clientHost": nil}),
			keycloak.with(claimSet{"preferred_username": "service-account-desk"}), keycloak.with(claimSet{"preferred_username": "service-account-{client}"}),
			keycloak.with(claimSet{"preferred_username": nil}), keycloak.with(claimSet{"preferred_username": "ada", "name": "service-account-shop"}),
		}},
		"Okta": {"client=cid; sub={client}", []claimSet{okta}, []claimSet{
			oktaUser, oktaUser.with(claimSet{"sub": "shop@example.com"}), oktaUser.with(claimSet{"sub": "{client}"}), oktaUser.with(claimSet{"uid": "shop"}),
		}},
	}
}

// under returns the issuer's authorizer with a parsed rule.
func (i *issuer) under(text string) *authorizer.Authorizer {
	i.t.Helper()
	rule, err := config.ParseTokenRule(text)
	if err != nil {
		i.t.Fatal(err)
	}
	o := i.opts
	o.Rule = authorizer.Rule(rule)
	return authorizer.New(o)
}

// token returns a token with only these claims about the caller.
func (i *issuer) token(s claimSet) string {
	return "Bearer " + i.issue(jwa.ES256, "ec", claimSet{"sub": nil, "client_id": nil, "scope": nil}.with(s))
}

func wantOfAUser(t *testing.T, a *authorizer.Authorizer, token string) {
	t.Helper()
	got, err := a.Check(t.Context(), token)
	if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.OfAUser || got.Caller != "" || got.Groups != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// An application's own token passes with the rule of its issuer. Users' tokens of the same
// application do not, with the rule of any issuer.
func TestUserTokensAreRefused(t *testing.T) {
	i := newIssuer(t)
	rules := map[string]bool{}
	for name, of := range issuers() {
		rules[of.rule] = true
		t.Run(name, func(t *testing.T) {
			for _, own := range of.own {
				got, err := i.under(of.rule).Check(t.Context(), i.token(own))
				if err != nil || got.Caller != "shop" || !strings.Contains(got.Permissions(), "usher:read") {
					t.Errorf("%v: %+v, %v", own, got, err)
				}
			}
			for _, users := range of.users {
				wantOfAUser(t, i.under(of.rule), i.token(users))
			}
		})
	}
	for rule := range rules {
		for name, of := range issuers() {
			for _, users := range of.users {
				if got, err := i.under(rule).Check(t.Context(), i.token(users)); err == nil {
					t.Errorf("a user's token from %s passes with %q: %+v", name, rule, got)
				}
			}
		}
	}
}

// A condition's text must match exactly, including type, case and surrounding text.
func TestConditionsMatchExactly(t *testing.T) {
	i := newIssuer(t)
	null := json.RawMessage("null")
	odd := func(text string) []any {
		return []any{
			nil, null, "", " ", text + " ", " " + text, text + "\n", text + "\x00", "x" + text, text + "x", strings.ToUpper(text), strings.ToUpper(text[:1]) + text[1:],
			text + text, text + "@clients@clients", "auth0|" + text, text + "/", []string{text}, []string{text, text}, []any{}, claimSet{text: text}, claimSet{}, true, 1, 0.5,
		}
	}
	tests := []struct{ rule, claim, text string }{
		{"", "sub", "shop"}, {"", "sub", "shop@clients"},
		{"client=azp; idtyp=app", "idtyp", "app"},
		{"client=azp; preferred_username=service-account-{client}", "preferred_username", "service-account-shop"},
		{"client=cid; sub={client}", "sub", "shop"},
	}
	for _, tt := range tests {
		own := claimSet{"azp": "shop", "cid": "shop", "scope": all}
		if _, err := i.under(tt.rule).Check(t.Context(), i.token(own.with(claimSet{tt.claim: tt.text}))); err != nil {
			t.Fatalf("%q: %v", tt.rule, err)
		}
		for _, value := range append(odd(tt.text), "Shop@clients", "shop@Clients", "shop@client", "shop @clients", "@clients", "ｓhop", "shoр", "s\u200bhop") {
			wantOfAUser(t, i.under(tt.rule), i.token(own.with(claimSet{tt.claim: value})))
		}
		for _, name := range []string{strings.ToUpper(tt.claim), strings.ToUpper(tt.claim[:1]) + tt.claim[1:], tt.claim + " ", "ſub"} {
			wantOfAUser(t, i.under(tt.rule), i.token(own.with(claimSet{name: tt.text})))
		}
	}
	for _, grant := range odd("client-credentials") {
		if grant != nil { // it is optional
			wantOfAUser(t, i.under(""), i.token(claimSet{"azp": "shop", "sub": "shop@clients", "gty": grant}))
		}
	}
}

// Only the rule's claim names the client.
func TestClientClaim(t *testing.T) {
	i := newIssuer(t)
	for rule, claims := range map[string][]string{
		"": {"client_id", "azp"}, "client=azp; idtyp=app": {"azp"}, "client=appid; idtyp=app": {"appid"}, "client=cid; sub={client}": {"cid"},
	} {
		for _, claim := range []string{"client_id", "azp", "cid", "appid", "clientId", "Client_ID", "AZP", "Azp", "CID", "username", "act"} {
			token := i.token(claimSet{claim: "shop", "sub": "shop", "idtyp": "app", "gty": "client-credentials", "scope": all})
			if slices.Contains(claims, claim) {
				if got, err := i.under(rule).Check(t.Context(), token); err != nil || got.Caller != "shop" {
					t.Errorf("%q: by %s: %+v, %v", rule, claim, got, err)
				}
				continue
			}
			wantOfAUser(t, i.under(rule), token)
		}
		for _, claim := range claims {
			for _, value := range []any{"", []string{"shop"}, claimSet{"id": "shop"}, 7, true, json.RawMessage("null"), "shop\n", strings.Repeat("s", 257)} {
				got, err := i.under(rule).Check(t.Context(), i.token(claimSet{claim: value, "sub": "shop", "idtyp": "app"}))
				if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.NoCaller {
					t.Errorf("%q: %s is %v: %+v, %v", rule, claim, value, got, err)
				}
			}
		}
	}
}

// The gateway writes the client ID to its JSON access log without escaping.
func TestClientIDsNeedNoEscaping(t *testing.T) {
	i := newIssuer(t)
	for _, odd := range []string{`sh"op`, `"`, `shop","status":"200`, `sh\op`, `\`, `shop\`, `\u0022`, "sh\top", "sh\nop", "sh\rop", "sh\x1bop", "sh\u007fop", "sh\u0085op", "sh\u2028op", "sh\u00a0op"} {
		for rule, claims := range map[string]claimSet{
			"": {"azp": odd, "sub": odd + "@clients"}, "client=azp; idtyp=app": {"azp": odd, "idtyp": "app"}, "client=cid; sub={client}": {"cid": odd, "sub": odd},
		} {
			got, err := i.under(rule).Check(t.Context(), i.token(claims))
			if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.NoCaller || refusal.Caller != "" || got.Caller != "" {
				t.Errorf("%q under %q: %+v, %v", odd, rule, got, err)
			}
		}
	}
	// Accepted IDs are unchanged in the log.
	for _, name := range []string{"shop", "sho'p", "a/b:c@d.e-f_g~h!$&()*+,;={}[]<>|`^%#?", "κατάστημα 1", "店"} {
		got, err := i.under("").Check(t.Context(), i.token(claimSet{"azp": name, "sub": name}))
		var line struct{ Principal string }
		if err != nil || json.Unmarshal([]byte(`{"principal":"`+got.Caller+`"}`), &line) != nil || line.Principal != name {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
}

// Duplicate claims are refused, in any order and with any escaping of the name.
func TestDuplicateClaims(t *testing.T) {
	i := newIssuer(t)
	for _, twice := range []string{
		`"sub":"auth0|1","sub":"shop@clients"`, `"sub":"shop@clients","sub":"auth0|1"`, `"sub":"shop@clients","\u0073ub":"auth0|1"`,
		`"sub":"shop@clients","azp":"desk"`, `"sub":"shop@clients","a\u007ap":"shop"`, `"sub":"shop@clients","gty":"client-credentials","gty":"password"`,
	} {
		claims := strings.Replace(string(i.claims(claimSet{"client_id": nil, "azp": "shop", "sub": nil})), "{", "{"+twice+",", 1)
		_, err := i.under("").Check(t.Context(), "Bearer "+byHand(`{"alg":"ES256","kid":"ec"}`, claims, byEC("ec")))
		if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.Malformed {
			t.Errorf("%s: %v", twice, err)
		}
	}
}

// The log names the application of a user's token, since the signature is valid.
func TestRefusedUserTokenIsLoggedWithItsApplication(t *testing.T) {
	i := newIssuer(t)
	g := newGateway(i)
	_, err := g.ask(i.token(claimSet{"azp": "shop", "sub": "auth0|secret-user", "scope": all}))
	line := g.log.String()
	if err == nil || err.Error() != "Unauthorized" || !slices.Equal(g.denied, []authorizer.Reason{authorizer.OfAUser}) ||
		!strings.Contains(line, `"reason":"of-a-user"`) || !strings.Contains(line, `"caller":"shop"`) || strings.Contains(line, "secret-user") {
		t.Errorf("%v, %v\n%s", err, g.denied, line)
	}
}
