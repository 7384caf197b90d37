package jwks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
)

// issuer signs tokens and publishes keys; it counts how often they are fetched.
type issuer struct {
	t   *testing.T
	set *jwks.Set

	mu      sync.Mutex
	now     time.Time
	body    any
	status  int
	fetches int
	hold    chan struct{} // where it is not nil, an answer waits for it
}

func newIssuer(t *testing.T, keys ...jose.JSONWebKey) *issuer {
	t.Helper()
	i := &issuer{t: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), status: http.StatusOK}
	i.publish(keys...)
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.set = jwks.New(server.URL, server.Client(), i.clock)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	i.fetches++
	status, body, hold := i.status, i.body, i.hold
	i.mu.Unlock()
	if hold != nil {
		<-hold
	}
	w.WriteHeader(status)
	if text, ok := body.(string); ok {
		_, _ = w.Write([]byte(text))
		return
	}
	_ = json.NewEncoder(w).Encode(body)
}

func (i *issuer) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now
}

func (i *issuer) later(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.now = i.now.Add(d)
}

// publish makes these the issuer's keys.
func (i *issuer) publish(keys ...jose.JSONWebKey) {
	var set jose.JSONWebKeySet
	for _, key := range keys {
		set.Keys = append(set.Keys, key.Public())
	}
	i.answer(http.StatusOK, set)
}

func (i *issuer) answer(status int, body any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.status, i.body = status, body
}

func (i *issuer) fetched(want int) {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fetches != want {
		i.t.Errorf("%d fetches, want %d", i.fetches, want)
	}
}

func newKey(t *testing.T, id string) jose.JSONWebKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return jose.JSONWebKey{Key: private, KeyID: id, Use: "sig", Algorithm: string(jose.ES256)}
}

// token is a signed text.
func token(t *testing.T, key jose.JSONWebKey, algorithm jose.SignatureAlgorithm) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte("payload"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
