package auth0

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"usher/internal/jwks"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
	"usher/test/testkit"
	"usher/test/testkit/oidc"
)

const api = "https://shop.example.com/api"

func tokensOf(s *issuerServer, c *testkit.Clock, audience string) Tokens {
	credentials := secrets.Credentials{Domain: s.Server.URL, ClientID: "web", ClientSecret: "s3cr3t"}
	client, _ := newClient(holding(credentials), c, func(o *Options) { o.Audience = audience })
	return client.Tokens()
}

// typed is a good token of a type, with some claims changed.
func typed(t *testing.T, s *issuerServer, kind string, changes map[string]any) string {
	t.Helper()
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: signingKeys()[0], KeyID: "one"}}
	return oidc.SignClaims(t, key, kind, goodClaims(s, changes))
}

func TestIntrospect(t *testing.T) {
	s := startIssuer(t)
	c := newClock()
	now := s.started.Unix()
	good := session.Introspection{Active: true, Subject: "auth0|1", Issuer: s.URL, ExpiresAt: now + 3600, IssuedAt: now}
	id := good
	id.Use, id.Audience = session.UseIDToken, []string{"web"}
	access := good
	access.Use, access.Audience, access.TokenType = session.UseAccessToken, []string{api, s.URL + "userinfo"}, "Bearer"
	access.Scope, access.ClientID = "openid orders:read", "web"
	shared := id
	shared.Audience, shared.ClientID = []string{"web", api}, "web"
	early := access
	early.NotBefore, early.IssuedAt = now+60, now+60
	profile := access
	profile.ClientID = "other"
	ofAPI := func(changes map[string]any) map[string]any {
		claims := map[string]any{"aud": []string{api, s.URL + "userinfo"}, "azp": "web", "scope": "openid orders:read", "nonce": nil}
		maps.Copy(claims, changes)
		return claims
	}
	tests := map[string]struct {
		token string
		want  session.Introspection
	}{
		"an ID token":               {typed(t, s, "JWT", nil), id},
		"an ID token, no type":      {signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, nil)), id},
		"for several audiences":     {typed(t, s, "JWT", map[string]any{"aud": []string{"web", api}, "azp": "web"}), shared},
		"an access token":           {typed(t, s, "JWT", ofAPI(nil)), access},
		"with the type of RFC 9068": {typed(t, s, "at+JWT", ofAPI(map[string]any{"azp": nil, "client_id": "other"})), profile},
		"within the clock skew":     {typed(t, s, "JWT", ofAPI(map[string]any{"nbf": now + 60, "iat": now + 60})), early},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tokensOf(s, c, api).Introspect(t.Context(), tt.token)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInactiveTokens(t *testing.T) {
	s := startIssuer(t)
	c := testkit.NewClock(s.started.Truncate(time.Second))
	now := c.Now().Unix()
	keys := signingKeys()
	rs := func(key *rsa.PrivateKey, kid string, changes map[string]any) string {
		return signed(t, jose.RS256, key, kid, goodClaims(s, changes))
	}
	changed := func(changes map[string]any) string { return rs(keys[0], "one", changes) }
	parts := strings.Split(changed(nil), ".")
	public, err := json.Marshal(jose.JSONWebKey{Key: keys[0].Public()})
	if err != nil {
		t.Fatal(err)
	}
	logout := map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	tests := map[string]string{
		"a foreign key":             rs(keys[1], "one", nil),
		"an unknown key":            rs(keys[1], "two", nil),
		"no key id":                 rs(keys[0], "", nil),
		"an altered payload":        parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"me"}`)) + "." + parts[2],
		"no signature":              parts[0] + "." + parts[1] + ".",
		"alg none":                  "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"HS256 with the public key": signed(t, jose.HS256, public, "one", goodClaims(s, nil)),
		"another RSA algorithm":     signed(t, jose.RS512, keys[0], "one", goodClaims(s, nil)),
		"PSS":                       signed(t, jose.PS256, keys[0], "one", goodClaims(s, nil)),
		"another issuer":            changed(map[string]any{"iss": "https://other.example.com/"}),
		"no issuer":                 changed(map[string]any{"iss": nil}),
		"another application":       changed(map[string]any{"aud": "other"}),
		"the Management API":        changed(map[string]any{"aud": s.URL + "api/v2/"}),
		"no audience":               changed(map[string]any{"aud": nil}),
		"another party":             changed(map[string]any{"azp": "other"}),
		"two audiences, no party":   changed(map[string]any{"aud": []string{"web", "other"}}),
		"expired this second":       changed(map[string]any{"exp": now}),
		"no expiry":                 changed(map[string]any{"exp": nil}),
		"an invalid expiry":         changed(map[string]any{"exp": "tomorrow"}),
		"from the future":           changed(map[string]any{"iat": now + 62}),
		"no issue time":             changed(map[string]any{"iat": nil}),
		"not yet valid":             changed(map[string]any{"nbf": now + 62}),
		"no subject":                changed(map[string]any{"sub": nil}),
		"a number for a scope":      changed(map[string]any{"aud": api, "scope": 7}),
		"a list for a client":       changed(map[string]any{"aud": api, "client_id": []string{"web"}}),
		"a logout token":            typed(t, s, "JWT", map[string]any{"events": logout}),
		"a logout token's type":     typed(t, s, "logout+jwt", nil),
		"an access token's type":    typed(t, s, "at+jwt", nil),
		"another type, for an API":  typed(t, s, "logout+jwt", map[string]any{"aud": api}),
		"no JSON in the header":     "e30x." + parts[1] + "." + parts[2],
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tokensOf(s, c, api).Introspect(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(session.Introspection{}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	got, err := tokensOf(s, c, "").Introspect(t.Context(), changed(map[string]any{"aud": ""}))
	if err != nil || got.Active {
		t.Errorf("without an API and an audience: %+v, %v", got, err)
	}
}

// A token that cannot be checked is not reported as inactive.
func TestIntrospectWithoutKeys(t *testing.T) {
	for status, kind := range map[int]problem.Kind{404: problem.ProviderFailed, 403: problem.ProviderFailed, 503: problem.ProviderUnavailable} {
		s := startIssuer(t)
		s.Keys.Answer(status, nil)
		_, err := tokensOf(s, newClock(), "").Introspect(t.Context(), signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, nil)))
		wantKind(t, err, kind, "fetch the signing keys")
	}
}

// A rotation of the keys takes effect without a restart.
func TestIntrospectFollowsARotation(t *testing.T) {
	s := startIssuer(t)
	c := newClock()
	tokens := tokensOf(s, c, "")
	active := func(token string) bool {
		t.Helper()
		got, err := tokens.Introspect(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		return got.Active
	}
	ages := map[string]any{"exp": c.Now().Unix() + 2*3600}
	first := signed(t, jose.RS256, signingKeys()[0], "one", goodClaims(s, ages))
	second := signed(t, jose.RS256, signingKeys()[1], "two", goodClaims(s, ages))
	if !active(first) || active(second) {
		t.Error("before the rotation")
	}
	s.publish(1, "two")
	if active(second) {
		t.Error("the keys were fetched twice within the pause")
	}
	c.Advance(jwks.Pause)
	if !active(second) {
		t.Error("after the rotation")
	}
	c.Advance(time.Hour)
	if !active(second) || active(first) {
		t.Error("an hour after the old key was withdrawn")
	}
}
