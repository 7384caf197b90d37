package jwks

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxBody = 1 << 20 // bytes
	maxKeys = 100
	minRSA  = 2048 // bits (RFC 7518, section 3.3)
)

func (s *Set) fetch(ctx context.Context) (map[string][]jose.JSONWebKey, error) {
	url, err := s.locate(ctx)
	if err != nil {
		return nil, err
	}
	body, err := get(ctx, s.client, url)
	if err != nil {
		return nil, err
	}
	return parse(body)
}

func get(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer's status is %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, errors.New("the answer is too large")
	}
	return body, nil
}

// parse reads a JWK Set (RFC 7517). A key that means nothing here is passed
// over, as the RFC asks (section 5); a set without any other is none.
func parse(body []byte) (map[string][]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(body, &set) != nil {
		return nil, errors.New("the answer is not a key set")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("the answer has more than %d keys", maxKeys)
	}
	keys := map[string][]jose.JSONWebKey{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && signs(key) {
			keys[key.KeyID] = append(keys[key.KeyID], key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the answer has no key that signs tokens")
	}
	return keys, nil
}

// signs tells the public keys for signatures from all others: a shared secret
// in a public set is known to everybody, and a key without an id is never asked
// for.
func signs(key jose.JSONWebKey) bool {
	if key.KeyID == "" || key.Use != "" && key.Use != "sig" || !key.Valid() {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSA
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}
