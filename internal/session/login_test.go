package session

import (
	"net/url"
	"strings"
	"testing"
)

func TestIsLocalPath(t *testing.T) {
	tests := map[string]bool{
		"/":                            true,
		"/account?tab=1&x=%2F#top":     true,
		"/a//b":                        true,
		"":                             false,
		"account":                      false,
		"//evil.example.com":           false,
		`/\evil.example.com`:           false,
		`/a\b`:                         false,
		"/\t/evil.example.com":         false,
		"/\n":                          false,
		"/ a":                          false,
		"/é":                           false,
		"/%zz":                         false,
		"https://evil.example.com":     false,
		"javascript:alert(1)":          false,
		"/" + strings.Repeat("a", 255): true,
		"/" + strings.Repeat("a", 256): false,
	}
	for path, want := range tests {
		if got := isLocalPath(path); got != want {
			t.Errorf("%q: %t", path, got)
		}
	}
}

// Wherever the front-end stands, what is accepted leads to itself.
func FuzzIsLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "/a?b#c", "//x", `/\x`, "/%2F%2Fx", "/\t/x", "/..//x", "/:x", "/@x"} {
		f.Add(seed)
	}
	frontEnd, err := url.Parse("https://app.example.com/callback")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !isLocalPath(path) {
			return
		}
		// A browser drops tabs and line ends, and takes "\" for "/".
		seen := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(path)
		target, err := frontEnd.Parse(seen)
		if err != nil || target.Host != frontEnd.Host || target.Scheme != frontEnd.Scheme || strings.HasPrefix(seen, "//") {
			t.Errorf("%q leads to %v (%v)", path, target, err)
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
