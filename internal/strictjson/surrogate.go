package strictjson

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// isHalved reports whether the token that begins at start has an unpaired surrogate, if the reader
// is exact. It runs after the decoder has read the token, so every escape in it is complete.
func (r reader) isHalved(start int64) bool {
	return r.exact && hasHalf(r.text[start:r.dec.InputOffset()])
}

func hasHalf(token []byte) bool { return halfIn(token) >= 0 }

// ReplaceHalves replaces each escaped unpaired surrogate by "\ufffd". The text must be
// valid JSON for encoding/json.
func ReplaceHalves(text []byte) []byte {
	at := halfIn(text)
	if at < 0 {
		return text
	}
	text = bytes.Clone(text)
	for rest := text; at >= 0; at = halfIn(rest) {
		copy(rest[at:], `\ufffd`)
		rest = rest[at+6:]
	}
	return text
}

// halfIn returns the position of the first unpaired surrogate (RFC 8259, section 8.2), -1 for none.
func halfIn(text []byte) int {
	for rest := text; ; {
		at := bytes.IndexByte(rest, '\\')
		if at < 0 {
			return -1
		}
		rest = rest[at+1:]
		if rest[0] != 'u' {
			rest = rest[1:]
			continue
		}
		first := unit(rest)
		rest = rest[5:]
		if !utf16.IsSurrogate(first) {
			continue
		}
		if !bytes.HasPrefix(rest, []byte(`\u`)) || utf16.DecodeRune(first, unit(rest[1:])) == '\uFFFD' {
			return len(text) - len(rest) - 6
		}
		rest = rest[6:]
	}
}

// unit returns the UTF-16 code unit of an escape such as "uD83D".
func unit(escape []byte) rune {
	n, _ := strconv.ParseUint(string(escape[1:5]), 16, 16) // the decoder has checked the digits
	return rune(n)
}
