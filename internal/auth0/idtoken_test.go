package auth0

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
	"usher/test/testkit/oidc"
)

var signingKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var keys [2]*rsa.PrivateKey
	for i := range keys {
		keys[i], _ = rsa.GenerateKey(rand.Reader, 2048) // fails only where crypto/rand does
	}
	return keys
})

// issuerServer is a fake of the provider's token endpoint and key set.
type issuerServer struct {
	*oidc.Issuer
	started time.Time
	idToken string
	refuses string // a client secret that is wrong by now
	asked   int    // for tokens
}

func startIssuer(t *testing.T) *issuerServer {
	t.Helper()
	s := &issuerServer{Issuer: oidc.Start(t, "/", nil), started: time.Now()}
	s.publish(0, "one")
	s.Mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		s.asked++
		w.Header().Set("Content-Type", "application/json")
		if secret := r.PostFormValue("client_secret"); secret == s.refuses || r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"access_denied"}`))
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "access", "id_token": s.idToken, "refresh_token": "refresh", "token_type": "Bearer", "expires_in": 7200})
	})
	return s
}

// publish makes a signing key, under an id, the only one.
func (s *issuerServer) publish(key int, id string) {
	s.Keys.Answer(http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: signingKeys()[key].Public(), KeyID: id, Algorithm: "RS256", Use: "sig"}}})
}

// signed is the claims as a token without a type.
func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	return oidc.SignClaims(t, jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, "", claims)
}

func goodClaims(s *issuerServer, changes map[string]any) map[string]any {
	now := s.started.Unix()
	claims := map[string]any{"iss": s.URL, "aud": "web", "sub": "auth0|1", "iat": now, "exp": now + 3600, "nonce": "the-nonce"}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

func redeem(t *testing.T, s *issuerServer) (session.SignIn, error) {
	t.Helper()
	credentials := secrets.Credentials{Domain: s.Server.URL, ClientID: "web", ClientSecret: "s3cr3t"}
	c, _ := newClient(holding(credentials), newClock())
	return c.SignIn().Redeem(t.Context(), session.Redemption{Code: "code", Nonce: "the-nonce", Verifier: "verifier", RedirectURI: "https://app.example.com/cb"})
}

func TestInvalidIDTokens(t *testing.T) {
	s := startIssuer(t)
	keys := signingKeys()
	rs := func(key *rsa.PrivateKey, kid string, changes map[string]any) string {
		return signed(t, jose.RS256, key, kid, goodClaims(s, changes))
	}
	good := rs(keys[0], "one", nil)
	parts := strings.Split(good, ".")
	public, err := json.Marshal(jose.JSONWebKey{Key: keys[0].Public()})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	tests := map[string]string{
		"none":                      "",
		"no token":                  "text",
		"another's key":             rs(keys[1], "two", nil),
		"another's key, our key id": rs(keys[1], "one", nil),
		"an altered signature":      parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		"no signature":              parts[0] + "." + parts[1] + ".",
		"alg none":                  "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"HS256 with the secret":     signed(t, jose.HS256, []byte("s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t"), "one", goodClaims(s, nil)),
		"HS256 with the public key": signed(t, jose.HS256, public, "one", goodClaims(s, nil)),
		"another RSA algorithm":     signed(t, jose.RS512, keys[0], "one", goodClaims(s, nil)),
		"another issuer":            rs(keys[0], "one", map[string]any{"iss": "https://other.example.com/"}),
		"the issuer without slash":  rs(keys[0], "one", map[string]any{"iss": s.Server.URL}),
		"no issuer":                 rs(keys[0], "one", map[string]any{"iss": nil}),
		"another audience":          rs(keys[0], "one", map[string]any{"aud": "other"}),
		"no audience":               rs(keys[0], "one", map[string]any{"aud": nil}),
		"expired":                   rs(keys[0], "one", map[string]any{"exp": now - 1}),
		"no expiry":                 rs(keys[0], "one", map[string]any{"exp": nil}),
		"another nonce":             rs(keys[0], "one", map[string]any{"nonce": "other"}),
		"no nonce":                  rs(keys[0], "one", map[string]any{"nonce": nil}),
		"another party":             rs(keys[0], "one", map[string]any{"azp": "other"}),
		"two audiences, no party":   rs(keys[0], "one", map[string]any{"aud": []string{"web", "other"}}),
		"two audiences, another's":  rs(keys[0], "one", map[string]any{"aud": []string{"web", "other"}, "azp": "other"}),
		"no subject":                rs(keys[0], "one", map[string]any{"sub": nil}),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			s.idToken = token
			got, err := redeem(t, s)
			wantKind(t, err, problem.IDTokenInvalid, "check the ID token")
			if diff := cmp.Diff(session.SignIn{}, got); diff != "" {
				t.Errorf("a sign-in came with the error: %s", diff)
			}
			if token != "" && strings.Contains(err.Error(), token) {
				t.Errorf("%q contains the token", err)
			}
		})
	}
}

func TestValidIDTokens(t *testing.T) {
	s := startIssuer(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]struct {
		claims         map[string]any
		account        session.Account
		authentication session.Authentication
	}{
		"minimal":       {nil, session.Account{ID: "auth0|1"}, session.Authentication{Methods: []string{}}},
		"our party":     {map[string]any{"azp": "web"}, session.Account{ID: "auth0|1"}, session.Authentication{Methods: []string{}}},
		"two audiences": {map[string]any{"aud": []string{"other", "web"}, "azp": "web"}, session.Account{ID: "auth0|1"}, session.Authentication{Methods: []string{}}},
		"an account": {map[string]any{
			"email": "ada@example.com", "email_verified": true, "preferred_username": "ada", "phone_number": "+4930", "phone_number_verified": false,
			"name": "Ada L", "given_name": "Ada", "family_name": "L", "nickname": "a", "picture": "https://example.com/a.png", "updated_at": "2026-01-02T04:04:05+01:00",
		}, session.Account{
			ID: "auth0|1", Email: "ada@example.com", EmailVerified: yes(true), Username: "ada", PhoneNumber: "+4930", PhoneVerified: yes(false),
			Name: "Ada L", GivenName: "Ada", FamilyName: "L", Nickname: "a", Picture: "https://example.com/a.png", UpdatedAt: &at,
		}, session.Authentication{Methods: []string{}}},
		"updated, in seconds": {map[string]any{"updated_at": at.Unix()}, session.Account{ID: "auth0|1", UpdatedAt: &at}, session.Authentication{Methods: []string{}}},
		"updated, null":       {map[string]any{"updated_at": json.RawMessage("null")}, session.Account{ID: "auth0|1"}, session.Authentication{Methods: []string{}}},
		"a second factor": {map[string]any{"amr": []string{"pwd", "mfa"}, "auth_time": at.Unix()}, session.Account{ID: "auth0|1"},
			session.Authentication{MFA: true, Methods: []string{"pwd", "mfa"}, Time: &at}},
		"only a password": {map[string]any{"amr": []string{"pwd"}}, session.Account{ID: "auth0|1"}, session.Authentication{Methods: []string{"pwd"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.idToken = signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, tt.claims))
			got, err := redeem(t, s)
			if err != nil {
				t.Fatal(err)
			}
			want := session.SignIn{Account: tt.account, Authentication: tt.authentication, Tokens: session.Tokens{
				AccessToken: "access", IDToken: s.idToken, RefreshToken: "refresh", TokenType: "Bearer", ExpiresIn: 7200, Scope: "openid email",
			}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Unavailable keys are the provider's failure, not an invalid token.
func TestUnavailableKeys(t *testing.T) {
	for status, kind := range map[int]problem.Kind{404: problem.ProviderFailed, 503: problem.ProviderUnavailable} {
		s := startIssuer(t)
		s.Keys.Answer(status, nil)
		s.idToken = signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, nil))
		_, err := redeem(t, s)
		wantKind(t, err, kind, "fetch the signing keys")
	}
}

// The keys of one tenant do not verify the tokens of another.
func TestKeysAreTheTenantsOwn(t *testing.T) {
	first, second := startIssuer(t), startIssuer(t)
	second.publish(1, "one")
	credentials := secrets.Credentials{Domain: first.Server.URL, ClientID: "web", ClientSecret: "s3cr3t"}
	s := holding(credentials)
	c, _ := newClient(s, newClock())
	for i, issuer := range []*issuerServer{first, second} {
		s.current.Domain = issuer.Server.URL
		issuer.idToken = signed(t, jose.RS256, signingKeys()[i], "one", goodClaims(issuer, nil))
		if _, err := c.SignIn().Redeem(t.Context(), session.Redemption{Code: "code", Nonce: "the-nonce"}); err != nil {
			t.Errorf("tenant %d: %v", i+1, err)
		}
	}
}

func TestSignInPicksUpARotatedSecret(t *testing.T) {
	server := startIssuer(t)
	server.idToken = signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(server, nil))
	server.refuses = "old"
	s := holding(secrets.Credentials{Domain: server.Server.URL, ClientID: "web", ClientSecret: "old"})
	clock := newClock()
	c, _ := newClient(s, clock)
	redeem := func() error {
		_, err := c.SignIn().Redeem(t.Context(), session.Redemption{Code: "code", Nonce: "the-nonce"})
		return err
	}
	wantKind(t, redeem(), problem.ServiceMisconfigured, `refused the client credentials of the sign-in application "web"`)
	if server.asked != 1 || s.looks != 1 {
		t.Errorf("unchanged: %d requests, %d searches", server.asked, s.looks)
	}
	s.stored.ClientSecret = "new"
	clock.Advance(readInterval)
	if err := redeem(); err != nil {
		t.Error(err)
	}
	if server.asked != 3 || s.looks != 2 {
		t.Errorf("rotated: %d requests, %d searches", server.asked, s.looks)
	}
}
