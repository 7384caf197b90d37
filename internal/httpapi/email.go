package httpapi

import (
	"net/mail"
	"strings"
	"unicode"
)

// FaultOfEmail says what keeps a string from being an email address; "" for
// one that may be. It takes one bare address and nothing around it (RFC 5322's
// addr-spec), with no characters that nobody sees.
func FaultOfEmail(value string) string {
	invisible := func(r rune) bool { return !unicode.IsPrint(r) }
	addr, err := mail.ParseAddress(value)
	if err != nil || addr.Address != value || len(value) > 254 || strings.ContainsFunc(value, invisible) {
		return "must be one email address, without a name around it"
	}
	return ""
}
