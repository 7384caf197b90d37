package valid

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

const noEmail = "must be one email address without a display name"

// Email is the rule for the address of a new or changed user: one addr-spec (RFC 5322,
// section 3.4.1) without invisible characters.
func Email(value string) string {
	addr, err := mail.ParseAddress(value)
	if err != nil || addr.Address != value || len(value) > 254 || strings.ContainsFunc(value, isInvisible) {
		return noEmail
	}
	return ""
}

// maxEmail is the maximum length of an address, in bytes: local part, "@" and domain
// (RFC 5321, section 4.5.3.1).
const maxEmail = 64 + 1 + 255

// KnownEmail is the rule for the address of an existing user. It accepts addresses that
// Email rejects, such as a..b@docomo.example, since identity providers send them.
func KnownEmail(value string) string {
	at := strings.LastIndexByte(value, '@')
	if at < 1 || at == len(value)-1 || len(value) > maxEmail || !utf8.ValidString(value) ||
		strings.ContainsFunc(value, isInvisible) {
		return noEmail
	}
	return ""
}

// isInvisible reports whether a character is invisible or ambiguous: spaces, controls,
// direction marks, variation selectors, and the replacement character.
func isInvisible(r rune) bool {
	return !unicode.IsPrint(r) || r == ' ' || r == utf8.RuneError ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
