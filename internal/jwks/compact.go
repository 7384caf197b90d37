package jwks

import (
	"encoding/base64"
	"slices"
	"strings"
)

// ForeignMembers lists the header parameters that contain or locate a key, or change the
// interpretation of the token. No issuer sets them. Keys come only from the issuer's key
// set, so a token with such a parameter is not genuine.
var ForeignMembers = []string{"jwk", "jku", "x5c", "x5u", "crit", "b64", "zip", "enc", "cty"}

// IsCompact reports whether a text has the format of a signed token: three parts in
// base64url (RFC 7515, section 7.1).
func IsCompact(token string) bool {
	parts := strings.Split(token, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(part string) bool { return !isBase64URL(part) })
}

// isBase64URL accepts only the canonical encoding. It rejects padding, unused bits, and line
// breaks, which Go's decoder ignores.
func isBase64URL(part string) bool {
	if part == "" || strings.ContainsAny(part, "\r\n") {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil
}
