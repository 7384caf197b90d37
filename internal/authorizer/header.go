package authorizer

import (
	"encoding/base64"
	"slices"
	"strings"

	"usher/internal/jwks"
)

const (
	// maxHeader bounds the work for a token. A private API accepts 8,000 bytes of headers in total.
	maxHeader = 8 << 10 // bytes

	maxKeyID = 256 // bytes
)

// algorithms lists the accepted algorithms, all with public keys. "none" would accept any
// token. With HMAC algorithms, an attacker could use the public key as the shared secret.
var algorithms = []string{"RS256", "PS256", "ES256", "EdDSA"}

// types lists the accepted values of typ, in lower case. Other kinds of tokens have other
// values, such as "logout+jwt" or "dpop+jwt". ID tokens have no separate type.
var types = []string{"jwt", "at+jwt", "application/at+jwt"}

// bearer returns the token of an Authorization header (RFC 6750, section 2.1): the scheme,
// one space, and three parts in base64url.
func bearer(header string) (string, error) {
	if header == "" {
		return "", refuse(NoToken, "there is no Authorization header")
	}
	if len(header) > maxHeader {
		return "", refuse(TooLarge, "the header has more than 8 KiB")
	}
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", refuse(Malformed, "the header is not the scheme, a space and a token")
	}
	if !jwks.IsCompact(token) {
		return "", refuse(Malformed, "the token is not three parts in base64url")
	}
	return token, nil
}

// checkHeader checks the token's header (RFC 7515, section 4.1).
func checkHeader(token string) error {
	encoded, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return refuse(Malformed, "the header is not base64url")
	}
	header, err := readObject(text)
	if err != nil {
		return refuse(Malformed, "the header "+err.Error())
	}
	for _, name := range jwks.ForeignMembers {
		if header.has(name) {
			return refuse(BadHeader, "the header has "+name)
		}
	}
	if algorithm, ok := header.text("alg"); !ok || !slices.Contains(algorithms, algorithm) {
		return refuse(BadAlgorithm, "the algorithm is not one of "+strings.Join(algorithms, ", "))
	}
	if kind, ok := header.text("typ"); header.has("typ") && (!ok || !slices.Contains(types, strings.ToLower(kind))) {
		return refuse(BadType, "it is a token of another type")
	}
	if id, ok := header.text("kid"); !ok || id == "" || len(id) > maxKeyID {
		return refuse(BadHeader, "the header has no key ID")
	}
	return nil
}
