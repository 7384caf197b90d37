package jwks

import (
	"encoding/base64"
	"slices"
	"strings"
)

// ForeignMembers are those of a token's header that bring a key along or say where one
// is, and those that change how the rest is to be read. Keys come from the issuer only,
// so no reader would use the first; but no issuer's token has one of them.
var ForeignMembers = []string{"jwk", "jku", "x5c", "x5u", "crit", "b64", "zip", "enc", "cty"}

// IsCompact reports whether a text has the form of a signed token: three parts in
// base64url (RFC 7515, section 7.1).
func IsCompact(token string) bool {
	parts := strings.Split(token, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(part string) bool { return !isBase64URL(part) })
}

// isBase64URL refuses all but the one way to write some bytes: line breaks, which
// Go's decoder skips, padding, and bits that stand for nothing.
func isBase64URL(part string) bool {
	if part == "" || strings.ContainsAny(part, "\r\n") {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil
}
