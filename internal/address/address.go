// Package address compares email addresses without regard to case. All decisions about the
// owner of an address use this one rule.
package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns an address in lower case, character by character (Unicode's simple mapping).
// Characters whose lower case is ASCII (İ, the Kelvin sign) stay, or they could imitate another
// user's address. It converts nothing else: no composed accents and no domain forms (xn--).
func Fold(address string) string {
	return strings.Map(func(r rune) rune {
		if lower := unicode.ToLower(r); r < utf8.RuneSelf || lower >= utf8.RuneSelf {
			return lower
		}
		return r
	}, address)
}

// Same reports whether two addresses differ only in case.
func Same(a, b string) bool { return Fold(a) == Fold(b) }

// Spellings returns the spellings under which to search for an address where case counts:
// as given, and in lower case.
func Spellings(address string) []string {
	if lower := Fold(address); lower != address {
		return []string{address, lower}
	}
	return []string{address}
}
