package httpapi

import (
	"fmt"
	"net/url"
	"strings"
)

// MaxPath is the length of the longest accepted path with percent-encoded IDs, in bytes.
// The gateway accepts 1,600 bytes for a method's ARN, which has up to 202 before the path
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
const MaxPath = 1300

// FaultOfPath says why an escaped path cannot be a route; "" if it can.
func FaultOfPath(escaped string) string {
	if fault := FaultOfSegments(escaped); fault != "" {
		return fault
	}
	if 3*len(escaped) > MaxPath && max(len(escaped), encodedLength(escaped)) > MaxPath { // "%7C" has 3 bytes
		return fmt.Sprintf("has more than %d bytes with its ids percent-encoded", MaxPath)
	}
	return ""
}

// FaultOfSegments says what is wrong with a path's segments; "" for nothing. http.ServeMux
// redirects such a path to a cleaned one, and a gateway may read it as another path: an ID
// of ".." must not select another route. The mux reads an escaped "/" as a trailing slash.
func FaultOfSegments(escaped string) string {
	if escaped == "/" {
		return ""
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(escaped, "/"), "/") {
		switch text, err := url.PathUnescape(segment); {
		case err != nil:
			return "has invalid percent-encoding"
		case text == "" || text == "." || text == ".." || text == "/":
			return "no segment may be empty, ., .. or /"
		}
	}
	return ""
}

// encodedLength returns the path's length with everything percent-encoded except RFC 3986's
// unreserved characters, as clients may send it and as signatures require.
func encodedLength(escaped string) int {
	n := 0
	for segment := range strings.SplitSeq(escaped, "/") {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return len(escaped)
		}
		n++ // the slash
		for i := range len(text) {
			n += encodedSize(text[i])
		}
	}
	return n - 1
}

func encodedSize(b byte) int {
	isUnreserved := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("-._~", b) >= 0
	if isUnreserved {
		return 1
	}
	return len("%7C")
}
