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
	"maps"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxBody = 1 << 20 // bytes
	maxKeys = 100

	// maxOfID is the maximum number of keys with the same ID. Each is tried on a token with
	// that ID. More than two are not needed during a key rotation.
	maxOfID = 4

	minRSA = 2048 // bits (RFC 7518, section 3.3)
	maxRSA = 8192 // bits; the verification time grows quadratically
)

// The library's default maximum is 4,096 bits.
func init() { jose.MaxRSAModulusBits = maxRSA }

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
		return nil, fmt.Errorf("the response's status is %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, errors.New("the response is too large")
	}
	return body, nil
}

// parse parses a JWK Set (RFC 7517). It ignores unknown keys, as section 5 requires, and all
// keys of an ID with more than maxOfID keys. It fails if no key remains.
func parse(body []byte) (map[string][]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(body, &set) != nil {
		return nil, errors.New("the response is not a key set")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("the response has more than %d keys", maxKeys)
	}
	keys := map[string][]jose.JSONWebKey{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && signs(key) {
			keys[key.KeyID] = append(keys[key.KeyID], key)
		}
	}
	maps.DeleteFunc(keys, func(_ string, ofID []jose.JSONWebKey) bool { return len(ofID) > maxOfID })
	if len(keys) == 0 {
		return nil, errors.New("the response has no key that signs tokens")
	}
	return keys, nil
}

// signs reports whether a key can verify tokens: a public key for signatures, with an ID. A
// symmetric key in a public set is not secret.
func signs(key jose.JSONWebKey) bool {
	if key.KeyID == "" || key.Use != "" && key.Use != "sig" || !key.Valid() {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSA && public.N.BitLen() <= maxRSA
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}
