package jwks

import (
	"context"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// algorithms lists the algorithms with public keys. Callers should accept fewer and check
// the algorithm themselves.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

var (
	errMalformed = errors.New("jwks: not a signed token")
	errSignature = errors.New("jwks: the signature is wrong")
)

// VerifySignature verifies a token (JWS, compact serialization) with the keys of the set and
// returns its payload. It fails with *FetchError if the keys are not available, with
// ErrUnknownKey, or with another error if the token is malformed or the signature is wrong.
// No error text contains a part of the token. go-jose checks that the algorithm matches the
// key, such as ES256 and P-256.
func (s *Set) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, errMalformed
	}
	header := signed.Signatures[0].Header
	if header.KeyID == "" {
		return nil, ErrUnknownKey
	}
	keys, err := s.find(ctx, header.KeyID)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, nil
		}
	}
	return nil, errSignature
}
