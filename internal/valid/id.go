package valid

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxID is the maximum length of an id, in bytes. Two ids of that length may be too long for one path.
const MaxID = 400

// ID is the rule for the id of a user or another resource. "." and ".." would reach other
// routes at the provider, since no escaping covers them.
func ID(id string) string {
	switch {
	case id == "" || id == "." || id == "..":
		return "is not an id"
	case len(id) > MaxID:
		return fmt.Sprintf("is longer than %d bytes", MaxID)
	case !utf8.ValidString(id):
		return "is not UTF-8"
	case strings.ContainsFunc(id, unicode.IsControl):
		return "has control characters"
	case strings.ContainsFunc(id, isFormat):
		return "has characters that nobody sees"
	}
	return ""
}

// isFormat reports whether a character is invisible: a mark of direction or of zero width, by
// which one id passes for another where people read it.
func isFormat(r rune) bool { return unicode.Is(unicode.Cf, r) }
