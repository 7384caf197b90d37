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
)

// SigningKey signs the tenant's tokens. Tests share one: making it takes longer
// than most of them.
type SigningKey = *rsa.PrivateKey

// keyring holds the key that signs and those that did: tokens outlive a rotation.
type keyring struct {
	current SigningKey
	former  []SigningKey
}

// signingKey is the current key, made when it is first needed.
func (t *Tenant) signingKey() (SigningKey, error) {
	if t.keys.current == nil {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("make a signing key: %w", err)
		}
		t.keys.current = k
	}
	return t.keys.current, nil
}

// RotateKey makes a new signing key. The former stays in the key set.
func (t *Tenant) RotateKey() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rotateKey()
}

func (t *Tenant) rotateKey() error {
	old, err := t.signingKey()
	if err != nil {
		return err
	}
	t.keys.current = nil
	if _, err := t.signingKey(); err != nil {
		t.keys.current = old
		return err
	}
	t.keys.former = append(t.keys.former, old)
	return nil
}

// publicKeys is the key set that the tenant publishes.
func (t *Tenant) publicKeys() (jose.JSONWebKeySet, error) {
	if _, err := t.signingKey(); err != nil {
		return jose.JSONWebKeySet{}, err
	}
	var set jose.JSONWebKeySet
	for _, k := range append([]SigningKey{t.keys.current}, t.keys.former...) {
		jwk, err := publicKey(k)
		if err != nil {
			return jose.JSONWebKeySet{}, err
		}
		set.Keys = append(set.Keys, jwk)
	}
	return set, nil
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
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed.CompactSerialize()
}

// claims are the registered and private claims that the tenant reads back.
type claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience audience `json:"aud"`
	Expires  int64    `json:"exp"`
	Scope    string   `json:"scope"`
	Party    string   `json:"azp"`
	Session  string   `json:"sid"`
}

// audience is one text or a list of them.
type audience []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*a = many
	return err
}

var errBadSignature = errors.New("bad signature")

// verify checks a JWT's form and signature, and nothing else.
func (t *Tenant) verify(token string) (claims, error) {
	var c claims
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return c, fmt.Errorf("parse a token: %w", err)
	}
	for _, k := range append([]SigningKey{t.keys.current}, t.keys.former...) {
		if k == nil {
			continue
		}
		if payload, err := signed.Verify(k.Public()); err == nil {
			return c, json.Unmarshal(payload, &c)
		}
	}
	return c, errBadSignature
}

func (t *Tenant) jwks(w http.ResponseWriter, _ *http.Request) error {
	set, err := t.publicKeys()
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, set)
}
