package auth0

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"usher/internal/strictjson"
)

// maxNesting is the largest nesting depth kept in a response that encoding/json refuses as
// too deep. Its limit is 10,000, also for writing our own responses.
const maxNesting = 1000

// cleanJSON returns a body that every JSON reader accepts: invalid UTF-8 and unpaired surrogates become
// U+FFFD, and values nested too deeply become null. It fails with errIncomplete if the body is not JSON.
func cleanJSON(body []byte) ([]byte, error) {
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

// shallow replaces values nested deeper than maxNesting by null.
func shallow(body []byte) []byte {
	var out []byte
	rest, depth, inText := 0, 0, false // rest is the start of the part that is not copied yet
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
