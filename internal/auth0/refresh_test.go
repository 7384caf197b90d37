package auth0

import (
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
)

func TestRefresh(t *testing.T) {
	s := startIssuer(t)
	s.idToken = signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, map[string]any{"nonce": nil}))
	want := session.Refreshed{UserID: "auth0|1", Tokens: session.Tokens{
		AccessToken: "access", IDToken: s.idToken, RefreshToken: "refresh", TokenType: "Bearer", ExpiresIn: 7200, Scope: "openid email",
	}}
	got, err := tokensOf(s, newClock(), "").Refresh(t.Context(), "old", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s.idToken = "" // as where openid is not among the scopes
	want.UserID, want.Tokens.IDToken, want.Tokens.Scope = "", "", "email"
	got, err = tokensOf(s, newClock(), "").Refresh(t.Context(), "old", "email")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefreshReturnsOnlyCheckedIDTokens(t *testing.T) {
	s := startIssuer(t)
	for name, changes := range map[string]map[string]any{
		"another issuer":   {"iss": "https://other.example.com/"},
		"another audience": {"aud": "other"},
		"expired":          {"exp": 1},
		"another party":    {"azp": "other"},
	} {
		s.idToken = signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, changes))
		got, err := tokensOf(s, newClock(), "").Refresh(t.Context(), "old", "")
		wantKind(t, err, problem.IDTokenInvalid, "check the ID token")
		if got != (session.Refreshed{}) {
			t.Errorf("%s: tokens came with the error", name)
		}
	}
	s.idToken = signed(t, jose.RS256, signingKeys()[1], "one", goodClaims(s, nil))
	_, err := tokensOf(s, newClock(), "").Refresh(t.Context(), "old", "")
	wantKind(t, err, problem.IDTokenInvalid, "check the ID token")
}

// A single-use refresh token is not spent if its ID token could not be checked.
func TestRefreshFetchesKeysFirst(t *testing.T) {
	s := startIssuer(t)
	s.Keys.Answer(503, nil)
	_, err := tokensOf(s, newClock(), "").Refresh(t.Context(), "old", "")
	wantKind(t, err, problem.ProviderUnavailable, "fetch the signing keys")
	if s.asked != 0 {
		t.Errorf("%d token requests", s.asked)
	}
}

func TestRefreshPicksUpARotatedSecret(t *testing.T) {
	server := startIssuer(t)
	server.refuses = "old"
	s := holding(secrets.Credentials{Domain: server.Server.URL, ClientID: "web", ClientSecret: "old"})
	clock := newClock()
	c, _ := newClient(s, clock)
	_, err := c.Tokens().Refresh(t.Context(), "token", "")
	wantKind(t, err, problem.ServiceMisconfigured, `refused the client credentials of the sign-in application "web"`)
	if server.asked != 1 || s.looks != 1 {
		t.Errorf("unchanged: %d requests, %d searches", server.asked, s.looks)
	}
	s.stored.ClientSecret = "new"
	clock.Advance(readInterval)
	if _, err := c.Tokens().Refresh(t.Context(), "token", ""); err != nil {
		t.Error(err)
	}
	if server.asked != 3 || s.looks != 2 {
		t.Errorf("rotated: %d requests, %d searches", server.asked, s.looks)
	}
}
