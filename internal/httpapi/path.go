package httpapi

import (
	"fmt"
	"net/url"
	"strings"
)

// MaxPath is the longest path that is taken, in bytes, with its ids percent-encoded. The gateway
// takes 1,600 bytes for a method's ARN, which has up to 202 before the path
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
const MaxPath = 1300

// FaultOfPath says what keeps an escaped path from being a route's; "" for one that may be.
func FaultOfPath(escaped string) string {
	if fault := FaultOfSegments(escaped); fault != "" {
		return fault
	}
	if max(len(escaped), encodedLength(escaped)) > MaxPath {
		return fmt.Sprintf("has more than %d bytes with its ids percent-encoded", MaxPath)
	}
	return ""
}

// FaultOfSegments finds what http.ServeMux would answer with a redirect to a cleaned one, and what a
// gateway takes for another: an id of ".." must not turn into another route. A "/" alone, escaped, is a
// trailing slash to the mux.
func FaultOfSegments(escaped string) string {
	if escaped == "/" {
		return ""
	}
	for _, segment := range strings.Split(strings.TrimPrefix(escaped, "/"), "/") {
		switch text, err := url.PathUnescape(segment); {
		case err != nil:
			return "is not well percent-encoded"
		case text == "" || text == "." || text == ".." || text == "/":
			return "no segment may be empty, ., .. or /"
		}
	}
	return ""
}

// encodedLength is how long the path is where all is percent-encoded but RFC 3986's unreserved
// characters, as clients may and signatures do.
func encodedLength(escaped string) int {
	n := 0
	for _, segment := range strings.Split(escaped, "/") {
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
