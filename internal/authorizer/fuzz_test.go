package authorizer

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// gullible accepts every signature.
type gullible struct{}

func (gullible) VerifySignature(_ context.Context, token string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
}

// For any input, this package and the library that verifies the signature read the same
// header, and a grant is always complete.
func FuzzCheck(f *testing.F) {
	claims := `{"iss":"i","aud":"a","sub":"s","azp":"s","exp":2000000000,"scope":"usher:read"}`
	for _, header := range []string{
		`{"alg":"ES256","kid":"k"}`, `{"alg":"RS256","kid":"k","typ":"JWT"}`, `{"alg":"none"}`, `{"alg":"ES256","kid":"k","kid":"l"}`, `{"alg":"ES256","KID":"k"}`,
		`{"alg":"ES256","kid":"k","crit":["x"]}`, `{"alg":"ES256","kid":"k","x":{"y":[1,2,{"z":null}]}}`, `[]`, ``, "{\"alg\":\"ES256\",\"kid\":\"\\ud800\"}",
		`{"alg":"ES256","kid":"k","x5t":1}`, `{"alg":"EdDSA","kid":"k","nonce":{}}`,
	} {
		f.Add(header, claims, "AAAA", "Bearer ")
	}
	for _, said := range []string{`{}`, `null`, `{"iss":"i","aud":["a"],"azp":"","exp":1e400}`, `{"iss":"i","aud":["a",1],"exp":-1}`, `{"exp":1e308}`} {
		f.Add(`{"alg":"ES256","kid":"k"}`, said, "AAAA", "bearer ")
	}
	now := time.Unix(1_900_000_000, 0)
	a := New(Options{Issuer: "i", Audience: "a", Keys: gullible{}, Now: func() time.Time { return now }})
	f.Fuzz(func(t *testing.T, header, claims, signature, scheme string) {
		token := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + signature
		if _, err := bearer(scheme + token); err == nil && checkHeader(token) == nil {
			own, _ := readObject([]byte(header))
			algorithm, _ := own.text("alg")
			id, _ := own.text("kid")
			signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA})
			if err == nil && (signed.Signatures[0].Header.Algorithm != algorithm || signed.Signatures[0].Header.KeyID != id) {
				t.Errorf("read %q, %q, but the library read %+v", algorithm, id, signed.Signatures[0].Header)
			}
		}
		g, err := a.Check(t.Context(), scheme+token)
		if err != nil {
			if g.Caller != "" || g.Groups != nil {
				t.Errorf("refused, but grants %+v", g)
			}
			return
		}
		if g.Caller == "" || len(g.Caller) > maxCaller || strings.ContainsAny(g.Caller, "\r\n\x00\"\\") || !now.Before(g.Expiry.Add(leeway)) {
			t.Errorf("grants %+v", g)
		}
	})
}
