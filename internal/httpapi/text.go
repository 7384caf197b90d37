package httpapi

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"usher/internal/problem"
)

const faultOfNull = "holds U+0000, which no text may"

// HasNull reports whether the text holds U+0000, at which many a store and library ends it.
func HasNull(text string) bool { return strings.ContainsRune(text, 0) }

// IsLine reports whether the text is one line, without control characters: C0, DEL and C1, and
// the two separators that Unicode has for lines and paragraphs.
func IsLine(text string) bool { return !strings.ContainsFunc(text, breaksLine) }

func breaksLine(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }

// nullsIn lists the names and texts with U+0000 in a decoded body, at any depth.
func nullsIn(value any, path string) (wrong []problem.Field) {
	switch v := value.(type) {
	case string:
		if HasNull(v) {
			return []problem.Field{MadeUp(path, faultOfNull)}
		}
	case []any:
		for _, item := range v {
			wrong = append(wrong, nullsIn(item, path)...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			at := name
			if path != "" {
				at = path + "." + name
			}
			if HasNull(name) {
				wrong = append(wrong, MadeUp(at, faultOfNull))
			}
			wrong = append(wrong, nullsIn(v[name], shortened(at))...)
		}
	}
	return wrong[:min(len(wrong), maxFaults)]
}
