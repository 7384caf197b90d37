package strictjson

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// isHalved reports whether the token that was read from start on has an escape of half
// a character, where the reader minds. Its text is not looked at before it was read, so
// that every escape in it is known to be whole.
func (r reader) isHalved(start int64) bool {
	return r.exact && hasHalf(r.text[start:r.dec.InputOffset()])
}

func hasHalf(token []byte) bool { return halfIn(token) >= 0 }

// ReplaceHalves replaces each escape of half a character by "\ufffd". The text has to be
// valid JSON, as encoding/json has it.
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

// halfIn finds a surrogate that no other one completes (RFC 8259, section 8.2); -1 for none.
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

// unit reads an escape, "uD83D", as the code unit of UTF-16 that it is.
func unit(escape []byte) rune {
	n, _ := strconv.ParseUint(string(escape[1:5]), 16, 16) // the decoder has read it before
	return rune(n)
}
