package httpapi

import (
	"net/url"
	"strings"
)

// FaultOfPath says what keeps an escaped path from being a route's; "" for one that may be. It finds what
// http.ServeMux would answer with a redirect to a cleaned one, and what a gateway takes for another: an id of
// ".." must not turn into another route. A "/" alone, escaped, is a trailing slash to the mux.
func FaultOfPath(escaped string) string {
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
