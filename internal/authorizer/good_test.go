package authorizer_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jwa"
)

// grant is a simplified Grant.
type grant struct{ Caller, Permissions string }

func (i *issuer) passes(header string, want grant) {
	i.t.Helper()
	got, err := i.auth.Check(i.t.Context(), header)
	if err != nil {
		i.t.Errorf("%v", err)
		return
	}
	if diff := cmp.Diff(want, grant{got.Caller, got.Permissions()}); diff != "" {
		i.t.Error(diff)
	}
}

func TestEachAlgorithmPasses(t *testing.T) {
	i := newIssuer(t)
	for algorithm, key := range map[jwa.SignatureAlgorithm]string{jwa.RS256: "rsa", jwa.PS256: "rsa", jwa.ES256: "ec", jwa.EdDSA: "ed"} {
		t.Run(algorithm.String(), func(*testing.T) {
			i.passes("Bearer "+i.issue(algorithm, key, nil), grant{"shop", "usher:read"})
		})
	}
	i.Keys.Fetched(t, 1)
}

func TestValidTokens(t *testing.T) {
	i := newIssuer(t)
	ec := func(header string, changes map[string]any) string {
		return byHand(header, string(i.claims(changes)), byEC("ec"))
	}
	signed := func(changes map[string]any) string { return i.issue(jwa.ES256, "ec", changes) }
	now := i.Now().Unix()
	long := strings.Repeat("a", 256)
	tests := map[string]struct {
		token string
		want  grant
	}{
		"no typ":                          {ec(`{"alg":"ES256","kid":"ec"}`, nil), grant{"shop", "usher:read"}},
		"typ JWT":                         {ec(`{"alg":"ES256","kid":"ec","typ":"JWT"}`, nil), grant{"shop", "usher:read"}},
		"typ in another case":             {ec(`{"alg":"ES256","kid":"ec","typ":"AT+JWT"}`, nil), grant{"shop", "usher:read"}},
		"typ as a media type":             {ec(`{"alg":"ES256","kid":"ec","typ":"application/at+jwt"}`, nil), grant{"shop", "usher:read"}},
		"a thumbprint":                    {ec(`{"alg":"ES256","kid":"ec","x5t":"abc","x5t#S256":"abc"}`, nil), grant{"shop", "usher:read"}},
		"spaces in the header":            {ec(" {\n\t\"alg\" : \"ES256\", \"kid\" : \"ec\" } ", nil), grant{"shop", "usher:read"}},
		"one of several audiences":        {signed(map[string]any{"aud": []string{"https://else.example/", audience}}), grant{"shop", "usher:read"}},
		"azp":                             {signed(map[string]any{"client_id": nil, "azp": "desk", "sub": "desk@clients"}), grant{"desk", "usher:read"}},
		"client_id and azp":               {signed(map[string]any{"azp": "shop"}), grant{"shop", "usher:read"}},
		"sub as in RFC 9068":              {signed(map[string]any{"sub": "shop"}), grant{"shop", "usher:read"}},
		"a long name":                     {signed(map[string]any{"client_id": long, "sub": long}), grant{long, "usher:read"}},
		"a name in Greek":                 {signed(map[string]any{"client_id": "κατάστημα 1", "sub": "κατάστημα 1@clients"}), grant{"κατάστημα 1", "usher:read"}},
		"no scope":                        {signed(map[string]any{"scope": nil}), grant{"shop", ""}},
		"an empty scope":                  {signed(map[string]any{"scope": ""}), grant{"shop", ""}},
		"unknown scopes":                  {signed(map[string]any{"scope": "usher usher:* usher:read:all usher:READ\tusher:read"}), grant{"shop", ""}},
		"two scopes":                      {signed(map[string]any{"scope": "usher:roles  usher:read usher:read"}), grant{"shop", "usher:read usher:roles"}},
		"scope as a list":                 {signed(map[string]any{"scope": []string{"usher:mfa"}}), grant{"shop", "usher:mfa"}},
		"scp":                             {signed(map[string]any{"scope": nil, "scp": "usher:mfa x"}), grant{"shop", "usher:mfa"}},
		"scp as a list":                   {signed(map[string]any{"scope": nil, "scp": []string{"x", "usher:mfa"}}), grant{"shop", "usher:mfa"}},
		"roles":                           {signed(map[string]any{"scope": nil, "roles": []string{"usher:mfa"}}), grant{"shop", "usher:mfa"}},
		"scope before the rest":           {signed(map[string]any{"scope": "", "scp": "usher:mfa", "roles": []string{"usher:mfa"}}), grant{"shop", ""}},
		"scp before roles":                {signed(map[string]any{"scope": nil, "scp": "usher:mfa", "roles": []string{"usher:read"}}), grant{"shop", "usher:mfa"}},
		"permissions are ignored":         {signed(map[string]any{"scope": nil, "permissions": []string{"usher:manage"}}), grant{"shop", ""}},
		"no nbf, no iat":                  {signed(map[string]any{"nbf": nil, "iat": nil}), grant{"shop", "usher:read"}},
		"fractions":                       {signed(map[string]any{"exp": float64(now) + 0.5, "nbf": float64(now) - 0.5, "iat": float64(now) - 0.25}), grant{"shop", "usher:read"}},
		"expired within the leeway":       {signed(map[string]any{"exp": now - 59}), grant{"shop", "usher:read"}},
		"a clock ahead within the leeway": {signed(map[string]any{"nbf": now + 60, "iat": now + 60}), grant{"shop", "usher:read"}},
		"exp with an exponent":            {byHand(`{"alg":"ES256","kid":"ec"}`, strings.Replace(string(i.claims(map[string]any{"exp": 1})), `"exp":1`, `"exp":1.8e9`, 1), byEC("ec")), grant{"shop", "usher:read"}},
		"an unpaired surrogate":           {signed(map[string]any{"nickname": json.RawMessage(`"\ud83d"`)}), grant{"shop", "usher:read"}},
		"other claims":                    {signed(map[string]any{"gty": "client-credentials", "nonce": "n", "x": map[string]any{"a": []any{1, nil}}}), grant{"shop", "usher:read"}},
	}
	for name, tt := range tests {
		t.Run(name, func(*testing.T) { i.passes("Bearer "+tt.token, tt.want) })
	}
	t.Run("the scheme in another case", func(*testing.T) { i.passes("bEARER "+i.good(), grant{"shop", "usher:read"}) })
	i.Keys.Fetched(t, 1)
}

func TestGrantExpiresWithItsToken(t *testing.T) {
	i := newIssuer(t)
	token := "Bearer " + i.good()
	g, err := i.auth.Check(t.Context(), token)
	if want := i.Now().Add(time.Hour); err != nil || !g.Expiry.Equal(want) {
		t.Errorf("%v, %v, want %v", g.Expiry, err, want)
	}
	i.Advance(time.Hour + time.Minute - time.Nanosecond)
	i.passes(token, grant{"shop", "usher:read"})
	i.Advance(time.Nanosecond)
	if _, err := i.auth.Check(t.Context(), token); err == nil {
		t.Error("it passes after its end and the leeway")
	}
}
