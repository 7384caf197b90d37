package localtenant_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// TestRelyingPartyOfAnotherMake goes through discovery, sign-in, userinfo,
// refresh, revocation and logout with a library that the service does not use.
func TestRelyingPartyOfAnotherMake(t *testing.T) {
	s := tenanttest.Start(t)
	ctx := t.Context()
	party, err := rp.NewRelyingPartyOIDC(ctx, s.URL+"/", localtenant.ClientID, localtenant.ClientSecret, callback,
		[]string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}, rp.WithSigningAlgsFromDiscovery())
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, s)
	p := b.get(rp.AuthURL("the state", party, rp.WithCodeChallenge(challenge())))
	p = b.submit(p, url.Values{"username": {"ada@example.com"}, "password": {localtenant.SamplePassword}})
	back, err := url.Parse(p.location)
	if err != nil || back.Query().Get("state") != "the state" {
		t.Fatalf("callback %q: %d %s", p.location, p.status, p.body)
	}
	tokens, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, back.Query().Get("code"), party, rp.WithCodeVerifier(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if c := tokens.IDTokenClaims; c.Email != "ada@example.com" || c.Issuer != s.URL+"/" || !slices.Contains(c.Audience, localtenant.ClientID) {
		t.Errorf("ID token %+v", c)
	}
	info, err := rp.Userinfo[*oidc.UserInfo](ctx, tokens.AccessToken, tokens.TokenType, tokens.IDTokenClaims.Subject, party)
	if err != nil || info.Email != "ada@example.com" {
		t.Errorf("userinfo %+v, %v", info, err)
	}
	refreshed, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, tokens.RefreshToken, "", "")
	if err != nil || refreshed.AccessToken == "" || refreshed.IDTokenClaims.Subject != tokens.IDTokenClaims.Subject {
		t.Fatalf("refreshed %+v, %v", refreshed, err)
	}
	latest := tokens.RefreshToken
	if refreshed.RefreshToken != "" {
		latest = refreshed.RefreshToken
	}
	if err := rp.RevokeToken(ctx, party, latest, "refresh_token"); err != nil {
		t.Errorf("revoke: %v", err)
	}
	if _, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, latest, "", ""); err == nil {
		t.Error("a revoked refresh token still refreshes")
	}
	signOut(t, b, party, tokens.IDToken)
	if p := b.get(rp.AuthURL("again", party, rp.WithPrompt(oidc.PromptNone), rp.WithCodeChallenge(challenge()))); errorIn(p.location) != "login_required" {
		t.Errorf("after the logout: %d %s", p.status, p.location)
	}
}

// signOut ends the session as the library asks for it, in the browser.
func signOut(t *testing.T, b *browser, party rp.RelyingParty, idToken string) {
	t.Helper()
	query := url.Values{"id_token_hint": {idToken}, "client_id": {localtenant.ClientID}, "post_logout_redirect_uri": {"http://127.0.0.1:3000/"}, "state": {"out"}}
	p := b.get(party.GetEndSessionEndpoint() + "?" + query.Encode())
	if p.status != http.StatusFound || p.location != "http://127.0.0.1:3000/?state=out" {
		t.Errorf("logout: %d %s", p.status, p.location)
	}
}

func errorIn(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return ""
	}
	return u.Query().Get("error")
}
