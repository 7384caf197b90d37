package jwks_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
)

// manyPrimes is a large RSA key that is quickly generated from many primes of 1,024 bits.
type manyPrimes struct {
	public rsa.PublicKey
	d      *big.Int
}

func newManyPrimes(t *testing.T, primes []*big.Int) manyPrimes {
	t.Helper()
	one, n, phi := big.NewInt(1), big.NewInt(1), big.NewInt(1)
	for _, p := range primes {
		n.Mul(n, p)
		phi.Mul(phi, new(big.Int).Sub(p, one))
	}
	for e := 65537; ; e += 2 {
		if d := new(big.Int).ModInverse(big.NewInt(int64(e)), phi); d != nil {
			return manyPrimes{rsa.PublicKey{N: n, E: e}, d}
		}
	}
}

// token signs with RS256 (RFC 8017, section 9.2). The standard library rejects such a key.
func (k manyPrimes) token(id string) string {
	input := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"`+id+`"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte("payload"))
	sum := sha256.Sum256([]byte(input))
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, sum[:]...)
	size := (k.public.N.BitLen() + 7) / 8
	padded := make([]byte, size)
	padded[1] = 1
	for at := 2; at < size-len(info)-1; at++ {
		padded[at] = 0xff
	}
	copy(padded[size-len(info):], info)
	signature := new(big.Int).Exp(new(big.Int).SetBytes(padded), k.d, k.public.N)
	return input + "." + base64.RawURLEncoding.EncodeToString(signature.FillBytes(make([]byte, size)))
}

// Keys above the maximum size are ignored, even for a valid signature.
func TestLargeRSAKeys(t *testing.T) {
	var primes []*big.Int
	for range 9 {
		p, err := rand.Prime(rand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		primes = append(primes, p)
	}
	largest, larger := newManyPrimes(t, primes[:8]), newManyPrimes(t, primes)
	justOver := manyPrimes{public: rsa.PublicKey{N: new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 8192), big.NewInt(1)), E: 3}, d: big.NewInt(1)}
	i := newIssuer(t, newKey(t, "good"))
	i.publish(newKey(t, "good"), jose.JSONWebKey{Key: &largest.public, KeyID: "largest"}, jose.JSONWebKey{Key: &larger.public, KeyID: "larger"}, jose.JSONWebKey{Key: &justOver.public, KeyID: "over"})
	i.verify(largest.token("largest"), nil)
	i.verify(larger.token("larger"), jwks.ErrUnknownKey)
	i.verify(justOver.token("over"), jwks.ErrUnknownKey)
}

// Several keys may have the same ID during a rotation. If there are too many, all of them are
// ignored; keys with other IDs still work.
func TestManyKeysOfOneID(t *testing.T) {
	var all []jose.JSONWebKey
	for range 5 {
		key := newKey(t, "key")
		key.Algorithm = ""
		all = append(all, key)
	}
	good := newKey(t, "good")
	few := newIssuer(t, append(all[:4:4], good)...)
	many := newIssuer(t, append(all[:5:5], good)...)
	for _, key := range all[:4] {
		few.verify(token(t, key, jose.ES256), nil)
	}
	for _, key := range all {
		many.verify(token(t, key, jose.ES256), jwks.ErrUnknownKey)
	}
	many.verify(token(t, good, jose.ES256), nil)
}
