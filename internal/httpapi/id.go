package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/problem"
)

// MaxID is the longest id that is taken, in bytes. Two of that length may be too long for one path
// (MaxPath).
const MaxID = 400

// PathID returns the id in the path's parameter of this name.
func PathID(r *http.Request, name string) (string, error) {
	id := r.PathValue(name)
	if fault := FaultOfID(id); fault != "" {
		return "", problem.Invalid(name, fault)
	}
	return id, nil
}

// FaultOfID says what keeps a string from being an id; "" for one that may be. "." and ".." would
// reach other routes at the provider, since no escaping covers them.
func FaultOfID(id string) string {
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

// isFormat knows what has no look of its own: marks of direction and of zero width, by
// which one id passes for another where people read it.
func isFormat(r rune) bool { return unicode.Is(unicode.Cf, r) }
