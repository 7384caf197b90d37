package devpages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// Pretty is a value as indented JSON. Characters that show nothing, or that change the direction
// of what is around them, are escaped, so that a page shows what is there.
func Pretty(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the template escapes
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("show JSON: %w", err)
	}
	var out strings.Builder
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		switch {
		case r == '\n' || !unicode.In(r, unicode.Cc, unicode.Cf):
			out.WriteRune(r)
		case r > 0xffff: // JSON escapes it as two halves, which show even less
			fmt.Fprintf(&out, "<U+%X>", r)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String(), nil
}
