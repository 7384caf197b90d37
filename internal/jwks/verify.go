package jwks

import (
	"context"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// algorithms are those with a public key. A caller that wants fewer, as it
// should, checks that itself.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

var (
	errMalformed = errors.New("jwks: not a signed token")
	errSignature = errors.New("jwks: the signature is wrong")
)

// VerifySignature returns the payload of a token (JWS, compact serialization)
// that a key of the set has signed. It fails with *FetchError where the keys
// cannot be had, with ErrUnknownKey, and with other errors for a token that is
// malformed or not signed so; none of their texts holds a part of the token.
// That an algorithm fits the kind of key, ES256 no other curve than P-256, is
// go-jose's to see to.
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
