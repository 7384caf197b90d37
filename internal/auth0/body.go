package auth0

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is how deep values may be nested in an answer that encoding/json
// finds too deep. It ends at 10,000, and it writes our own answers as well.
const maxNesting = 1000

// legible makes a body one that every reader takes: text that is not UTF-8 and
// halves of surrogate pairs become U+FFFD, and values nested too deeply null. It
// fails with errIncomplete for what is not JSON.
func legible(body []byte) ([]byte, error) {
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	if !json.Valid(body) {
		if body = shallow(body); !json.Valid(body) {
			return nil, errIncomplete
		}
	}
	return withoutHalfPairs(body), nil
}

// shallow replaces what is nested deeper than maxNesting by null.
func shallow(body []byte) []byte {
	var out []byte
	rest, depth, inText := 0, 0, false // rest is where begins what is not copied yet
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			if depth++; depth == maxNesting+1 {
				out = append(append(out, body[rest:i]...), "null"...)
				rest = len(body)
			}
		case c == '}' || c == ']':
			if depth--; depth == maxNesting {
				rest = i + 1
			}
		}
	}
	return append(out, body[rest:]...)
}

// withoutHalfPairs replaces "\ud83d" without its other half, which JSON allows
// and no text can hold, by "\ufffd".
func withoutHalfPairs(body []byte) []byte {
	if !bytes.Contains(body, []byte(`\ud`)) && !bytes.Contains(body, []byte(`\uD`)) {
		return body
	}
	body = bytes.Clone(body)
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		first := escaped(body[i:])
		switch {
		case !utf16.IsSurrogate(first):
			i++ // the escaped character, or the u of another one
		case utf16.DecodeRune(first, escaped(body[i+6:])) != utf8.RuneError:
			i += 11
		default:
			copy(body[i:], `\ufffd`)
			i += 5
		}
	}
	return body
}

// escaped is the code unit of "\u1234" at the beginning of a text; 0 for none.
func escaped(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	unit, _ := strconv.ParseUint(string(text[2:6]), 16, 16) // 0 where it is none
	return rune(unit)
}
