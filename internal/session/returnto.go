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

// isLocalPath accepts what every browser takes for a path on the same host: "//host"
// and "/\host" name another one, and so does "/.//host" once its dot is gone.
func isLocalPath(s string) bool {
	if len(s) > maxReturnTo || !strings.HasPrefix(s, "/") {
		return false
	}
	u, err := url.Parse(s)
	unsafe := func(r rune) bool { return r == ' ' || unicode.IsControl(r) || r > unicode.MaxASCII }
	if err != nil || u.Host != "" || u.Scheme != "" || strings.ContainsAny(s, `\`) || strings.ContainsFunc(s, unsafe) {
		return false
	}
	path, _, _ := strings.Cut(s, "?")
	return isTidy(path)
}

var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// isTidy refuses a path that a reader who decodes and normalises it, however often, would
// make another one of.
func isTidy(path string) bool {
	for {
		if strings.Contains(path, "//") || strings.Contains(path, `\`) || strings.ContainsFunc(path, unicode.IsControl) ||
			slices.ContainsFunc(strings.Split(path, "/"), isDots) {
			return false
		}
		decoded := escape.ReplaceAllStringFunc(path, func(e string) string {
			b, _ := hex.DecodeString(e[1:]) // it is hexadecimal
			return string(b)
		})
		if decoded == path {
			return true
		}
		path = decoded
	}
}

// isDots knows segments that stand for this folder or the one above, with parameters
// behind or not.
func isDots(segment string) bool {
	if end := strings.IndexAny(segment, ";?#"); end >= 0 {
		segment = segment[:end]
	}
	return segment == "." || segment == ".."
}
