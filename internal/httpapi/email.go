package httpapi

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

const noEmail = "must be one email address, without a name around it"

// FaultOfEmail says what keeps a string from being an address that a user is given;
// "" for one that may be. It takes one bare address and nothing around it (RFC 5322's
// addr-spec), with no characters that nobody sees.
func FaultOfEmail(value string) string {
	addr, err := mail.ParseAddress(value)
	if err != nil || addr.Address != value || len(value) > 254 || strings.ContainsFunc(value, unseen) {
		return noEmail
	}
	return ""
}

// maxAsked is the longest address that may be asked for, in bytes: the parts' limits
// (RFC 5321, section 4.5.3.1) and the sign between them.
const maxAsked = 64 + 1 + 255

// FaultOfAskedEmail says what keeps a string from being asked for as an address that
// somebody has already. Providers of identities send addresses that nobody would be
// given here, such as a..b@docomo.example: whatever is safe to ask is asked.
func FaultOfAskedEmail(value string) string {
	at := strings.LastIndexByte(value, '@')
	if at < 1 || at == len(value)-1 || len(value) > maxAsked || !utf8.ValidString(value) || strings.ContainsFunc(value, unseen) {
		return noEmail
	}
	return ""
}

// unseen finds what does not show: spaces, controls, marks of direction, what only
// changes its neighbour, and the sign for what could not be read.
func unseen(r rune) bool {
	return !unicode.IsPrint(r) || r == ' ' || r == utf8.RuneError ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
