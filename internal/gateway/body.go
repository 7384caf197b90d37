package gateway

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"usher/internal/httpapi"
)

// body is the body of an event.
type body string

const (
	// longestEscape is the length of the longest form of a byte in a JSON string, such as \u0022.
	longestEscape = len(`\u0022`)
	// longest is the length of the longest form of a body that is not too large, in JSON. It may be base64.
	longest = longestEscape*((httpapi.MaxBody+2)/3*4) + len(`""`)
)

// UnmarshalJSON implements json.Unmarshaler. It copies no body that is certainly too large, which may have 6 MB.
// The service refuses the short body in its place for the same reason.
func (b *body) UnmarshalJSON(text []byte) error {
	if text[0] == '"' && len(text) > longest {
		*b = body(strings.Repeat("A", base64.StdEncoding.EncodedLen(httpapi.MaxBody+1))) // too large as text and as base64
		return nil
	}
	return json.Unmarshal(text, (*string)(b))
}
