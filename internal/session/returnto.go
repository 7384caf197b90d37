package session

import (
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const maxReturnTo = 256 // bytes, so that the cookie stays small

// isLocalPath reports whether every browser resolves s to a path on the same host. "//host"
// and "/\host" lead to another host, and so does "/.//host" after normalization.
func isLocalPath(s string) bool {
	if len(s) > maxReturnTo || !strings.HasPrefix(s, "/") {
		return false
	}
	u, err := url.Parse(s)
	unsafe := func(r rune) bool { return r == ' ' || unicode.IsControl(r) || r > unicode.MaxASCII }
	if err != nil || u.Host != "" || u.Scheme != "" || strings.Contains(s, `\`) || strings.ContainsFunc(s, unsafe) {
		return false
	}
	path, _, _ := strings.Cut(s, "?")
	return isNormalized(path)
}

var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// isNormalized reports whether path normalization changes nothing, even after repeated
// percent-decoding.
func isNormalized(path string) bool {
	for {
		if strings.Contains(path, "//") || strings.Contains(path, `\`) || strings.ContainsFunc(path, unicode.IsControl) ||
			slices.ContainsFunc(strings.Split(path, "/"), isDotSegment) {
			return false
		}
		decoded := escape.ReplaceAllStringFunc(path, func(e string) string {
			b, _ := hex.DecodeString(e[1:]) // always hexadecimal
			return string(b)
		})
		if decoded == path {
			return true
		}
		path = decoded
	}
}

// isDotSegment reports whether a segment is "." or "..", with or without parameters.
func isDotSegment(segment string) bool {
	if end := strings.IndexAny(segment, ";?#"); end >= 0 {
		segment = segment[:end]
	}
	return segment == "." || segment == ".."
}
