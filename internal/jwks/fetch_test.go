package jwks

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"testing"
)

// From any key set, only public keys with an ID are accepted.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"keys":null}`, `{"keys":[]}`, `{"keys":[null,1,{}]}`, `{"keys":{"kid":"a"}}`,
		`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","use":"sig","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]}`,
		`{"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]}`,
		`{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}`,
		`{"keys":[{"kty":"RSA","kid":"a","n":"","e":""}]}`,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","x5c":["AA=="]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := parse(body)
		if (err == nil) != (len(keys) > 0) {
			t.Errorf("%d keys, %v", len(keys), err)
		}
		for id, list := range keys {
			if len(list) > maxOfID {
				t.Errorf("%d keys with the ID %q", len(list), id)
			}
			for _, key := range list {
				switch public := key.Key.(type) {
				case *rsa.PublicKey:
					if bits := public.N.BitLen(); bits < minRSA || bits > maxRSA {
						t.Errorf("an RSA key of %d bits", bits)
					}
				case *ecdsa.PublicKey, ed25519.PublicKey:
				default:
					t.Errorf("a key of type %T", key.Key)
				}
				if id == "" || key.KeyID != id {
					t.Errorf("key %q has the ID %q", key.KeyID, id)
				}
			}
		}
	})
}
