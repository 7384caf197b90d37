// Package address compares email addresses without regard to case. What decides
// whose account is meant is one rule, in one place.
package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns an address in lower case, character by character as Unicode has it,
// but for those that would become ASCII (İ and the Kelvin sign): with them one could
// write somebody else's address. Nothing else is converted, neither accents that are
// written in two ways nor the two forms of a domain (xn--).
func Fold(address string) string {
	return strings.Map(func(r rune) rune {
		if lower := unicode.ToLower(r); r < utf8.RuneSelf || lower >= utf8.RuneSelf {
			return lower
		}
		return r
	}, address)
}

// Same reports whether two addresses differ in case only.
func Same(a, b string) bool { return Fold(a) == Fold(b) }

// Spellings are those in which somebody's address is asked for where case counts:
// as it was given, and in lower case.
func Spellings(address string) []string {
	if lower := Fold(address); lower != address {
		return []string{address, lower}
	}
	return []string{address}
}
