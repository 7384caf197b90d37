package jwks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
	"usher/test/testkit"
	"usher/test/testkit/oidc"
)

// issuer is a fake issuer with the key set under test.
type issuer struct {
	*oidc.Issuer
	*testkit.Clock
	t   *testing.T
	set *jwks.Set
}

func newIssuer(t *testing.T, keys ...jose.JSONWebKey) *issuer {
	t.Helper()
	i := &issuer{t: t, Issuer: oidc.Start(t, "/tenant/", public(keys)), Clock: testkit.NewClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))}
	i.set = jwks.New(i.KeysURL(), i.Server.Client(), i.Now)
	i.set.Timeout = testkit.Patience
	return i
}

// publish replaces the issuer's keys.
func (i *issuer) publish(keys ...jose.JSONWebKey) { i.Keys.Answer(http.StatusOK, public(keys)) }

func public(keys []jose.JSONWebKey) jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for _, key := range keys {
		set.Keys = append(set.Keys, key.Public())
	}
	return set
}

func newKey(t *testing.T, id string) jose.JSONWebKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: private, KeyID: id, Use: "sig", Algorithm: string(jose.ES256)}
}

// token returns a signed token.
func token(t *testing.T, key jose.JSONWebKey, algorithm jose.SignatureAlgorithm) string {
	t.Helper()
	return oidc.Sign(t, jose.SigningKey{Algorithm: algorithm, Key: key}, "", []byte("payload"))
}
