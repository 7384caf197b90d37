package valid

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// faultOfNull is the fault of a text with U+0000, at which some libraries truncate it.
const faultOfNull = "contains U+0000, which is not allowed"

// NoNull is the rule for text without U+0000.
func NoNull(text string) string {
	if strings.ContainsRune(text, 0) {
		return faultOfNull
	}
	return ""
}

// IsLine reports whether the text is one line: without control characters (C0, DEL, C1) and
// Unicode's line and paragraph separators.
func IsLine(text string) bool { return !strings.ContainsFunc(text, breaksLine) }

func breaksLine(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }

// Line returns the rule for one line of 1 to maxLength characters.
func Line(maxLength int) Rule {
	return func(value string) string {
		switch n := utf8.RuneCountInString(value); {
		case n < 1 || n > maxLength:
			return fmt.Sprintf("must have 1 to %d characters", maxLength)
		case !IsLine(value):
			return "must be one line, without control characters"
		}
		return ""
	}
}

// Nulls adds a fault for each name and text with U+0000 in a decoded JSON value, at any
// depth.
func (f *Faults) Nulls(value any, path string) {
	if len(f.fields) >= maxFaults {
		return
	}
	switch v := value.(type) {
	case string:
		if NoNull(v) != "" {
			f.AddMadeUp(path, faultOfNull)
		}
	case []any:
		for _, item := range v {
			f.Nulls(item, path)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			at := strings.TrimPrefix(path+"."+name, ".")
			if NoNull(name) != "" {
				f.AddMadeUp(at, faultOfNull)
			}
			f.Nulls(v[name], shortened(at))
		}
	}
}
