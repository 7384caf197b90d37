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

// hasHalf finds a surrogate that no other one completes (RFC 8259, section 8.2).
func hasHalf(token []byte) bool {
	for {
		_, rest, found := bytes.Cut(token, []byte{'\\'})
		if !found {
			return false
		}
		if rest[0] != 'u' {
			token = rest[1:]
			continue
		}
		first := unit(rest)
		token = rest[5:]
		if !utf16.IsSurrogate(first) {
			continue
		}
		if !bytes.HasPrefix(token, []byte(`\u`)) || utf16.DecodeRune(first, unit(token[1:])) == '\uFFFD' {
			return true
		}
		token = token[6:]
	}
}

// unit reads an escape, "uD83D", as the code unit of UTF-16 that it is.
func unit(escape []byte) rune {
	n, _ := strconv.ParseUint(string(escape[1:5]), 16, 16) // the decoder has read it before
	return rune(n)
}
