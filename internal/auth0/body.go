package auth0

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"usher/internal/strictjson"
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
	return strictjson.ReplaceHalves(body), nil
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
