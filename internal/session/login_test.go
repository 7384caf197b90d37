package session

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

func TestIsLocalPath(t *testing.T) {
	tests := map[string]bool{
		"/":                            true,
		"/orders/":                     true,
		"/account?tab=1&x=%2F#top":     true,
		"/a?next=//evil.example.com":   true, // the query is not restricted
		"/a?x=../b&y=%2e%2e/&z=%0a":    true,
		"/a/b.c/.well-known/...":       true,
		"/a..b/..c/d..":                true,
		"/users/auth0%7C1":             true,
		"/caf%C3%A9/100%25/a%20b":      true,
		"/a%2Fb":                       true,
		"/a;b=1/c":                     true,
		"/@x/:y":                       true,
		"/#top":                        true,
		"":                             false,
		"account":                      false,
		"//evil.example.com":           false,
		"///evil.example.com":          false,
		"/a//b":                        false,
		"/a//":                         false,
		"/.//evil.example.com":         false,
		"/..//evil.example.com":        false,
		"/a/..//evil.example.com":      false,
		"/%2e//evil.example.com":       false,
		"/%2E%2e//evil.example.com":    false,
		"/.":                           false,
		"/..":                          false,
		"/./a":                         false,
		"/a/.":                         false,
		"/a/../b":                      false,
		"/a/%2e%2e":                    false,
		"/a/.%2E/b":                    false,
		"/a/%2e?x":                     false,
		"/..?x":                        false,
		"/..#x":                        false,
		"/a/..;x=1/b":                  false,
		"/%252e%252e/a":                false,
		"/%25252e/a":                   false,
		"/%25zz/%252e%252e/a":          false,
		"/..%2Fa":                      false,
		"/a%2F..%2Fb":                  false,
		"/%2Fevil.example.com":         false,
		"/%2fevil.example.com":         false,
		"/%252Fevil.example.com":       false,
		"/a%2F%2Fb":                    false,
		"/%5Cevil.example.com":         false,
		"/%5cevil.example.com":         false,
		"/%255cevil.example.com":       false,
		"/%09/evil.example.com":        false,
		"/%0d%0aSet-Cookie:x":          false,
		"/%00":                         false,
		`/\evil.example.com`:           false,
		`/a\b`:                         false,
		`/a?b\c`:                       false,
		"/\t/evil.example.com":         false,
		"/\n":                          false,
		"/ a":                          false,
		"/\u00e9":                      false,
		"/%zz":                         false,
		"https://evil.example.com":     false,
		"https:/evil.example.com":      false,
		"javascript:alert(1)":          false,
		"?x":                           false,
		"#x":                           false,
		"./a":                          false,
		"/" + strings.Repeat("a", 255): true,
		"/" + strings.Repeat("a", 256): false,
	}
	for path, want := range tests {
		if got := isLocalPath(path); got != want {
			t.Errorf("%q: %t", path, got)
		}
	}
}

// An accepted path leads to the same host and the same path, however often it is decoded.
func FuzzIsLocalPath(f *testing.F) {
	for _, seed := range []string{
		"/", "/a?b#c", "//x", `/\x`, "/%2F%2Fx", "/\t/x", "/..//x", "/:x", "/@x", "/.//x", "/%2e/x", "/a/..", "/a%2fb", "/%252e/x", "/a;b", "/a?//x", "/orders/", "/%5cx", "/%zz", "/a#//b",
	} {
		f.Add(seed)
	}
	frontEnd, err := url.Parse("https://app.example.com/callback")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, accepted string) {
		if !isLocalPath(accepted) {
			return
		}
		for text, last := accepted, ""; text != last; {
			// Browsers drop tabs and line breaks, and treat "\" as "/".
			seen := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(text)
			target, err := frontEnd.Parse(seen)
			if err != nil { // repeated decoding can make the URL invalid
				target = frontEnd.ResolveReference(&url.URL{Path: seen})
			}
			if target.Host != frontEnd.Host || target.Scheme != frontEnd.Scheme || strings.HasPrefix(seen, "//") {
				t.Fatalf("%q leads to %v", accepted, target)
			}
			if clean := path.Clean(target.Path); clean != target.Path && clean+"/" != target.Path {
				t.Fatalf("%q leads to %s, normalized %s", accepted, target.Path, clean)
			}
			head, query, _ := strings.Cut(text, "?")
			last = text
			if decoded, err := url.PathUnescape(head); err == nil {
				text = decoded
				if query != "" {
					text += "?" + query
				}
			}
		}
	})
}

func TestDefaultRedirect(t *testing.T) {
	allowed := []string{"https://a.example.com/cb", "https://b.example.com/cb", "https://b.example.com/other"}
	for host, want := range map[string]string{
		"b.example.com":       allowed[1],
		"B.Example.com":       allowed[1],
		"a.example.com":       allowed[0],
		"b.example.com:8443":  allowed[0],
		"unknown.example.com": allowed[0],
		"":                    allowed[0],
	} {
		if got := defaultRedirect(allowed, host); got != want {
			t.Errorf("on %q: %s", host, got)
		}
	}
}
