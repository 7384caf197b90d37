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

// said are claims, beside those that every token has.
type said map[string]any

// with is the same with some changed, or taken away by nil.
func (s said) with(changes said) said {
	all := maps.Clone(s)
	maps.Copy(all, changes)
	return all
}

// tokensOf are what an issuer says in tokens for one API: in those of the application "shop" itself,
// and in those that its users get by it. All ask for all scopes, as a user may in a redirect to the
// issuer that passes through their browser.
type tokensOf struct {
	rule       string // of docs/bearer.md
	own, users []said
}

const (
	all  = "openid profile usher:sign-in usher:read usher:manage usher:app-metadata"
	uuid = "f:7f6c2b1e-0000-4000-8000-000000000001"
)

// The shapes are those of the issuers' documentation and of tokens that people have published.
func issuers() map[string]tokensOf {
	auth0 := said{"sub": "shop@clients", "azp": "shop", "gty": "client-credentials", "scope": all}
	standard := said{"sub": "shop", "client_id": "shop", "scope": all}
	entra := said{"sub": uuid, "oid": uuid, "azp": "shop", "azpacr": "1", "idtyp": "app", "roles": []string{"usher:read"}, "tid": "t", "ver": "2.0"}
	keycloak := said{
		"sub": uuid, "typ": "Bearer", "azp": "shop", "client_id": "shop", "clientHost": "10.0.0.1", "scope": all,
		"preferred_username": "service-account-shop", "email_verified": false,
	}
	okta := said{"sub": "shop", "cid": "shop", "scp": strings.Fields(all), "ver": 1}
	oktaUser := said{"sub": "ada@example.com", "uid": "00u1", "cid": "shop", "scp": strings.Fields(all), "ver": 1}
	auth0User := said{"sub": "auth0|65e19a100000000000000001", "azp": "shop", "scope": all, "permissions": []string{"usher:manage"}}
	return map[string]tokensOf{
		"Auth0": {"", []said{auth0, auth0.with(said{"gty": nil})}, []said{
			auth0User, auth0User.with(said{"gty": "password"}), auth0User.with(said{"gty": "client-credentials"}),
			auth0User.with(said{"gty": []string{"refresh_token"}}), auth0User.with(said{"sub": "auth0|shop@clients"}),
			auth0User.with(said{"sub": "google-oauth2|109876543210987654321", "act": said{"sub": "shop@clients"}}),
		}},
		"Auth0 with RFC 9068 tokens": {"", []said{standard.with(said{"sub": "shop@clients"})}, []said{
			auth0User.with(said{"azp": nil, "client_id": "shop"}), standard.with(said{"sub": "sms|65e19a100000000000000001"}),
		}},
		"Cognito": {"", []said{standard.with(said{"token_use": "access", "version": 2})}, []said{
			standard.with(said{"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "token_use": "access", "username": "shop", "cognito:groups": []string{"shop"}}),
		}},
		"Entra ID, v2": {"client=azp; idtyp=app", []said{entra}, []said{
			entra.with(said{"idtyp": nil, "scp": all, "name": "app", "preferred_username": "app"}), entra.with(said{"idtyp": "user", "scp": all}),
		}},
		"Entra ID, v1": {"client=appid; idtyp=app", []said{entra.with(said{"azp": nil, "azpacr": nil, "appid": "shop", "ver": "1.0"})}, []said{
			entra.with(said{"azp": nil, "appid": "shop", "idtyp": nil, "scp": all, "upn": "app", "unique_name": "app"}),
			entra.with(said{"azp": nil, "appid": "shop", "idtyp": "user"}),
		}},
		"Keycloak": {"client=azp; preferred_username=service-account-{client}", []said{keycloak}, []said{
			keycloak.with(said{"preferred_username": "ada", "client_id": nil, "clientHost": nil}),
			keycloak.with(said{"preferred_username": "service-account-desk"}), keycloak.with(said{"preferred_username": "service-account-{client}"}),
			keycloak.with(said{"preferred_username": nil}), keycloak.with(said{"preferred_username": "ada", "name": "service-account-shop"}),
		}},
		"Okta": {"client=cid; sub={client}", []said{okta}, []said{
			oktaUser, oktaUser.with(said{"sub": "shop@example.com"}), oktaUser.with(said{"sub": "{client}"}), oktaUser.with(said{"uid": "shop"}),
		}},
	}
}

// under is the issuer's authorizer with a rule, read as it is when the authorizer starts.
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

// token has the claims, and none of those that name somebody in the other tests.
func (i *issuer) token(s said) string {
	return "Bearer " + i.issue(jwa.ES256, "ec", said{"sub": nil, "client_id": nil, "scope": nil}.with(s))
}

func wantOfAUser(t *testing.T, a *authorizer.Authorizer, token string) {
	t.Helper()
	got, err := a.Check(t.Context(), token)
	if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.OfAUser || got.Caller != "" || got.Groups != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// An application's own token passes under the rule of its issuer; whatever a user of the same
// application can get does not. No issuer's user passes under another's rule either.
func TestUsersAreNoFrontEnds(t *testing.T) {
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
					t.Errorf("a user's token by %s passes under %q: %+v", name, rule, got)
				}
			}
		}
	}
}

// What is nearly a condition's text is not it: neither by type, nor by case, nor by what stands around it.
func TestWhatLooksLikeAnApplicationsOwn(t *testing.T) {
	i := newIssuer(t)
	null := json.RawMessage("null")
	odd := func(text string) []any {
		return []any{
			nil, null, "", " ", text + " ", " " + text, text + "\n", text + "\x00", "x" + text, text + "x", strings.ToUpper(text), strings.ToUpper(text[:1]) + text[1:],
			text + text, text + "@clients@clients", "auth0|" + text, text + "/", []string{text}, []string{text, text}, []any{}, said{text: text}, said{}, true, 1, 0.5,
		}
	}
	tests := []struct{ rule, claim, text string }{
		{"", "sub", "shop"}, {"", "sub", "shop@clients"},
		{"client=azp; idtyp=app", "idtyp", "app"},
		{"client=azp; preferred_username=service-account-{client}", "preferred_username", "service-account-shop"},
		{"client=cid; sub={client}", "sub", "shop"},
	}
	for _, tt := range tests {
		own := said{"azp": "shop", "cid": "shop", "scope": all}
		if _, err := i.under(tt.rule).Check(t.Context(), i.token(own.with(said{tt.claim: tt.text}))); err != nil {
			t.Fatalf("%q: %v", tt.rule, err)
		}
		for _, value := range append(odd(tt.text), "Shop@clients", "shop@Clients", "shop@client", "shop @clients", "@clients", "ｓhop", "shoр", "s\u200bhop") {
			wantOfAUser(t, i.under(tt.rule), i.token(own.with(said{tt.claim: value})))
		}
		for _, name := range []string{strings.ToUpper(tt.claim), strings.ToUpper(tt.claim[:1]) + tt.claim[1:], tt.claim + " ", "ſub"} {
			wantOfAUser(t, i.under(tt.rule), i.token(own.with(said{name: tt.text})))
		}
	}
	for _, grant := range odd("client-credentials") {
		if grant != nil { // it may be left out
			wantOfAUser(t, i.under(""), i.token(said{"azp": "shop", "sub": "shop@clients", "gty": grant}))
		}
	}
}

// The client is named by the rule's claim alone, and by nothing that is like it.
func TestWhoTheClientIs(t *testing.T) {
	i := newIssuer(t)
	for rule, claims := range map[string][]string{
		"": {"client_id", "azp"}, "client=azp; idtyp=app": {"azp"}, "client=appid; idtyp=app": {"appid"}, "client=cid; sub={client}": {"cid"},
	} {
		for _, claim := range []string{"client_id", "azp", "cid", "appid", "clientId", "Client_ID", "AZP", "Azp", "CID", "username", "act"} {
			token := i.token(said{claim: "shop", "sub": "shop", "idtyp": "app", "gty": "client-credentials", "scope": all})
			if slices.Contains(claims, claim) {
				if got, err := i.under(rule).Check(t.Context(), token); err != nil || got.Caller != "shop" {
					t.Errorf("%q: by %s: %+v, %v", rule, claim, got, err)
				}
				continue
			}
			wantOfAUser(t, i.under(rule), token)
		}
		for _, claim := range claims {
			for _, value := range []any{"", []string{"shop"}, said{"id": "shop"}, 7, true, json.RawMessage("null"), "shop\n", strings.Repeat("s", 257)} {
				got, err := i.under(rule).Check(t.Context(), i.token(said{claim: value, "sub": "shop", "idtyp": "app"}))
				if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.NoCaller {
					t.Errorf("%q: %s is %v: %+v, %v", rule, claim, value, got, err)
				}
			}
		}
	}
}

// The access log is JSON, into which the gateway puts the name without escaping it.
func TestANameBreaksNoLine(t *testing.T) {
	i := newIssuer(t)
	for _, odd := range []string{`sh"op`, `"`, `shop","status":"200`, `sh\op`, `\`, `shop\`, `\u0022`, "sh\top", "sh\nop", "sh\rop", "sh\x1bop", "sh\u007fop", "sh\u0085op", "sh\u2028op", "sh\u00a0op"} {
		for rule, claims := range map[string]said{
			"": {"azp": odd, "sub": odd + "@clients"}, "client=azp; idtyp=app": {"azp": odd, "idtyp": "app"}, "client=cid; sub={client}": {"cid": odd, "sub": odd},
		} {
			got, err := i.under(rule).Check(t.Context(), i.token(claims))
			if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.NoCaller || refusal.Caller != "" || got.Caller != "" {
				t.Errorf("%q under %q: %+v, %v", odd, rule, got, err)
			}
		}
	}
	// What passes stands in a line as it is.
	for _, name := range []string{"shop", "sho'p", "a/b:c@d.e-f_g~h!$&()*+,;={}[]<>|`^%#?", "κατάστημα 1", "店"} {
		got, err := i.under("").Check(t.Context(), i.token(said{"azp": name, "sub": name}))
		var line struct{ Principal string }
		if err != nil || json.Unmarshal([]byte(`{"principal":"`+got.Caller+`"}`), &line) != nil || line.Principal != name {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
}

// A claim that stands twice is no claim, in whichever order, and however its name is written.
func TestAClaimTwice(t *testing.T) {
	i := newIssuer(t)
	for _, twice := range []string{
		`"sub":"auth0|1","sub":"shop@clients"`, `"sub":"shop@clients","sub":"auth0|1"`, `"sub":"shop@clients","\u0073ub":"auth0|1"`,
		`"sub":"shop@clients","azp":"desk"`, `"sub":"shop@clients","a\u007ap":"shop"`, `"sub":"shop@clients","gty":"client-credentials","gty":"password"`,
	} {
		claims := strings.Replace(string(i.claims(said{"client_id": nil, "azp": "shop", "sub": nil})), "{", "{"+twice+",", 1)
		_, err := i.under("").Check(t.Context(), "Bearer "+byHand(`{"alg":"ES256","kid":"ec"}`, claims, byEC("ec")))
		if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.Malformed {
			t.Errorf("%s: %v", twice, err)
		}
	}
}

// Which application's users try it, the log can say: the issuer has signed it.
func TestARefusedUserIsLoggedByTheApplication(t *testing.T) {
	i := newIssuer(t)
	g := newGateway(i)
	_, err := g.ask(i.token(said{"azp": "shop", "sub": "auth0|secret-user", "scope": all}))
	line := g.log.String()
	if err == nil || err.Error() != "Unauthorized" || !slices.Equal(g.denied, []authorizer.Reason{authorizer.OfAUser}) ||
		!strings.Contains(line, `"reason":"of-a-user"`) || !strings.Contains(line, `"caller":"shop"`) || strings.Contains(line, "secret-user") {
		t.Errorf("%v, %v\n%s", err, g.denied, line)
	}
}
