package authorizer_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"usher/internal/authorizer"
	"usher/internal/jwks"
	"usher/test/testkit"
	"usher/test/testkit/oidc"
)

const audience = "https://usher.example/"

// keys returns the issuer's keys by ID, and the unpublished key "attacker". They are generated
// once, because RSA keys take long.
var keys = sync.OnceValue(func() map[string]any {
	made := map[string]any{"oct": []byte("published-by-mistake-published-by-mistake")}
	for name, bits := range map[string]int{"rsa": 2048, "short": 1024, "attacker": 2048} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		made[name] = key
	}
	for name, curve := range map[string]elliptic.Curve{"ec": elliptic.P256(), "p384": elliptic.P384(), "enc": elliptic.P256()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			panic(err)
		}
		made[name] = key
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	made["ed"] = edwards
	return made
})

// issuer signs with a different JOSE library than the one that verifies its tokens.
type issuer struct {
	*oidc.Issuer
	*testkit.Clock
	t    *testing.T
	auth *authorizer.Authorizer
	opts authorizer.Options
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t, Issuer: oidc.Start(t, "/", published(t)), Clock: testkit.NewClock(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))}
	set, err := jwks.Discover(i.URL, i.Server.Client(), i.Now)
	if err != nil {
		t.Fatal(err)
	}
	set.Timeout = testkit.Patience
	i.opts = authorizer.Options{Issuer: i.URL, Audience: audience, Keys: set, Now: i.Now}
	i.auth = authorizer.New(i.opts)
	return i
}

func (i *issuer) goDown(down bool) {
	i.Configuration.Down(down)
	i.Keys.Down(down)
}

// published returns the issuer's key set, including unsuitable keys.
func published(t *testing.T) jwk.Set {
	set := jwk.NewSet()
	for name, raw := range keys() {
		if name == "attacker" {
			continue
		}
		key, err := jwk.FromRaw(raw)
		if err != nil {
			t.Fatal(err)
		}
		if name != "oct" {
			if key, err = key.PublicKey(); err != nil {
				t.Fatal(err)
			}
		}
		use := "sig"
		if name == "enc" {
			use = "enc"
		}
		for member, value := range map[string]any{jwk.KeyIDKey: name, jwk.KeyUsageKey: use} {
			if err := key.Set(member, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := set.AddKey(key); err != nil {
			t.Fatal(err)
		}
	}
	return set
}

// claims returns the claims of a valid token with changes; nil removes a claim.
func (i *issuer) claims(changes map[string]any) []byte {
	i.t.Helper()
	now := i.Now().Unix()
	said := map[string]any{
		"iss": i.URL, "aud": audience, "sub": "shop@clients", "client_id": "shop", "scope": "usher:read openid",
		"iat": now, "nbf": now, "exp": now + 3600, "jti": "1",
	}
	maps.Copy(said, changes)
	maps.DeleteFunc(said, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(said)
	if err != nil {
		i.t.Fatal(err)
	}
	return text
}

// issue returns a token signed by the issuer.
func (i *issuer) issue(algorithm jwa.SignatureAlgorithm, key string, changes map[string]any) string {
	i.t.Helper()
	header := jws.NewHeaders()
	for name, value := range map[string]any{jws.TypeKey: "at+jwt", jws.KeyIDKey: key} {
		if err := header.Set(name, value); err != nil {
			i.t.Fatal(err)
		}
	}
	token, err := jws.Sign(i.claims(changes), jws.WithKey(algorithm, keys()[key], jws.WithProtectedHeaders(header)))
	if err != nil {
		i.t.Fatal(err)
	}
	return string(token)
}

// good returns a valid token.
func (i *issuer) good() string { return i.issue(jwa.ES256, "ec", nil) }

// signer signs the first two parts of a token.
type signer func(input string) []byte

// byHand returns a correctly signed token with any header and payload, including those that a
// library refuses.
func byHand(header, payload string, sign signer) string {
	input := encode(header) + "." + encode(payload)
	return input + "." + encode(string(sign(input)))
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func byRSA(name string) signer {
	return func(input string) []byte {
		sum := sha256.Sum256([]byte(input))
		signature, err := rsa.SignPKCS1v15(rand.Reader, keys()[name].(*rsa.PrivateKey), crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return signature
	}
}

// byEC signs with ECDSA. The signature is two numbers, each as long as the key (RFC 7518,
// section 3.4).
func byEC(name string) signer {
	return func(input string) []byte {
		key := keys()[name].(*ecdsa.PrivateKey)
		sum := sha256.Sum256([]byte(input))
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			panic(err)
		}
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
}

// byDER encodes the same signature in ASN.1, as in TLS, which is invalid in a JWS.
func byDER(name string) signer {
	return func(input string) []byte {
		sum := sha256.Sum256([]byte(input))
		signature, err := ecdsa.SignASN1(rand.Reader, keys()[name].(*ecdsa.PrivateKey), sum[:])
		if err != nil {
			panic(err)
		}
		return signature
	}
}

func byHMAC(secret []byte) signer {
	return func(input string) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
}

func always(signature []byte) signer { return func(string) []byte { return signature } }
