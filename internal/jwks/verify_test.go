package jwks_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
)

func TestOnlyValidSignaturesPass(t *testing.T) {
	key := newKey(t, "key")
	i := newIssuer(t, key)
	good := token(t, key, jose.ES256)
	head, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	public := key.Public().Key.(*ecdsa.PublicKey)
	point, err := public.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	shared := jose.JSONWebKey{Key: point, KeyID: "key"} // the public key as a shared secret
	other := newKey(t, "key")
	other.Algorithm = ""
	tests := map[string]string{
		"another key with this ID":       token(t, other, jose.ES256),
		"another payload":                head + "." + encode("else") + "." + signature,
		"no signature":                   head + "." + payload + ".",
		"no algorithm":                   encode(`{"alg":"none","kid":"key"}`) + "." + payload + ".",
		"a shared secret":                token(t, shared, jose.HS256),
		"two parts":                      head + "." + payload,
		"five parts":                     good + ".a.b",
		"JSON serialization":             `{"payload":"` + payload + `","protected":"` + head + `","signature":"` + signature + `"}`,
		"empty":                          "",
		"not base64url":                  "a+b.c/d.e=",
		"a header that is not an object": encode("[]") + "." + payload + "." + signature,
		"an unknown crit":                encode(`{"alg":"ES256","kid":"key","crit":["x"],"x":1}`) + "." + payload + "." + signature,
	}
	i.verify(good, nil)
	for name, token := range tests {
		if payload, err := i.set.VerifySignature(t.Context(), token); err == nil {
			t.Errorf("%s passes: %q", name, payload)
		}
	}
	i.Keys.Fetched(t, 1)
}

func TestTokenWithoutKeyIDCausesNoFetch(t *testing.T) {
	key := newKey(t, "key")
	i := newIssuer(t, key)
	key.KeyID = ""
	i.verify(token(t, key, jose.ES256), jwks.ErrUnknownKey)
	i.Keys.Fetched(t, 0)
}

// Only suitable keys of a set are used, and only for their algorithm. Each set also has a
// valid key.
func TestSuitableKeys(t *testing.T) {
	long, short := rsaKey(t, 2048), rsaKey(t, 1024)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change    func(*jose.JSONWebKey)
		algorithm jose.SignatureAlgorithm
		counts    bool
	}{
		"a valid key":              {func(*jose.JSONWebKey) {}, jose.ES256, true},
		"no use, no algorithm":     {func(k *jose.JSONWebKey) { k.Use, k.Algorithm = "", "" }, jose.ES256, true},
		"RSA":                      {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = long, "RS256" }, jose.RS256, true},
		"RSA with PSS":             {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = long, "PS256" }, jose.PS256, true},
		"RSA without an algorithm": {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = long, "" }, jose.PS256, true},
		"Ed25519":                  {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = edwards, "EdDSA" }, jose.EdDSA, true},
		"P-384":                    {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = p384, "ES384" }, jose.ES384, true},
		"for encryption":           {func(k *jose.JSONWebKey) { k.Use = "enc" }, jose.ES256, false},
		"for another algorithm":    {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = long, "RS512" }, jose.RS256, false},
		"a short RSA key":          {func(k *jose.JSONWebKey) { k.Key, k.Algorithm = short, "RS256" }, jose.RS256, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			key := newKey(t, "key")
			tt.change(&key)
			i := newIssuer(t, newKey(t, "good"), key)
			_, err := i.set.VerifySignature(t.Context(), token(t, key, tt.algorithm))
			if (err == nil) != tt.counts {
				t.Errorf("%v", err)
			}
			if isFetch(err) {
				t.Errorf("the whole set is refused: %v", err)
			}
		})
	}
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
