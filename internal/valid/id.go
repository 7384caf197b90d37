package valid

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxID is the maximum length of an ID, in bytes. A path with two such IDs can be too long.
const MaxID = 400

// ID is the rule for the ID of a user or another resource. It rejects "." and "..", which
// escaping does not change and which would lead to other routes at the provider.
func ID(id string) string {
	switch {
	case id == "" || id == "." || id == "..":
		return "is not a valid ID"
	case len(id) > MaxID:
		return fmt.Sprintf("is longer than %d bytes", MaxID)
	case !utf8.ValidString(id):
		return "is not UTF-8"
	case strings.ContainsFunc(id, unicode.IsControl):
		return "has control characters"
	case strings.ContainsFunc(id, isFormat):
		return "has invisible characters"
	}
	return ""
}

// isFormat reports whether a character is invisible, such as a direction mark or a zero-width
// space. With such characters two different IDs can look the same.
func isFormat(r rune) bool { return unicode.Is(unicode.Cf, r) }
