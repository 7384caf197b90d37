package localtenant

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"usher/localtenant/description"
)

// SigningKey signs the tenant's tokens. Tests share one: making it takes longer
// than most of them.
type SigningKey = *rsa.PrivateKey

// signingKey is the current key, made when it is first needed.
func (t *Tenant) signingKey() (SigningKey, error) {
	if len(t.keys) == 0 {
		if err := t.addKey(); err != nil {
			return nil, err
		}
	}
	return t.keys[0], nil
}

func (t *Tenant) addKey() error {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	t.keys = append([]SigningKey{k}, t.keys...)
	return nil
}

// RotateKey makes a new signing key. The former stays in the key set.
func (t *Tenant) RotateKey() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rotateKey()
}

func (t *Tenant) rotateKey() error {
	if _, err := t.signingKey(); err != nil {
		return err
	}
	return t.addKey()
}

// publicKey names a key by its thumbprint, so that the same key always has the
// same name.
func publicKey(k SigningKey) (jose.JSONWebKey, error) {
	jwk := jose.JSONWebKey{Key: k.Public(), Use: "sig", Algorithm: string(jose.RS256)}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return jwk, fmt.Errorf("name a signing key: %w", err)
	}
	jwk.KeyID = fmt.Sprintf("%x", sum[:12])
	return jwk, nil
}

// sign makes a JWT of claims.
func (t *Tenant) sign(claims map[string]any) (string, error) {
	k, err := t.signingKey()
	if err != nil {
		return "", err
	}
	jwk, err := publicKey(k)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: k, KeyID: jwk.KeyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

// claims are the registered and private claims that the tenant reads back.
type claims struct {
	Issuer   string            `json:"iss"`
	Subject  string            `json:"sub"`
	Audience description.Texts `json:"aud"`
	Expires  int64             `json:"exp"`
	Scope    string            `json:"scope"`
	Party    string            `json:"azp"`
	Session  string            `json:"sid"`
}

var errBadSignature = errors.New("bad signature")

// verify checks a JWT's form and signature, and nothing else.
func (t *Tenant) verify(token string) (claims, error) {
	var c claims
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return c, fmt.Errorf("parse a token: %w", err)
	}
	for _, k := range t.keys {
		if payload, err := signed.Verify(k.Public()); err == nil {
			return c, json.Unmarshal(payload, &c)
		}
	}
	return c, errBadSignature
}

// jwks serves the key set: tokens outlive a rotation, so it has the former keys too.
func (t *Tenant) jwks(w http.ResponseWriter, _ *http.Request) error {
	if _, err := t.signingKey(); err != nil {
		return err
	}
	var set jose.JSONWebKeySet
	for _, k := range t.keys {
		jwk, err := publicKey(k)
		if err != nil {
			return err
		}
		set.Keys = append(set.Keys, jwk)
	}
	return writeJSON(w, http.StatusOK, set)
}
