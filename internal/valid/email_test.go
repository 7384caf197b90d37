package valid_test

import (
	"strings"
	"testing"

	"usher/internal/valid"
)

func TestFaultsOfEmail(t *testing.T) {
	const nobody, asked, anybody = 0, 1, 2 // who may have the address: nobody, somebody already, a new user
	tests := map[string]int{
		"ada@example.com":           anybody,
		"Ann.Lee@Corp.Example":      anybody,
		"müller@bücher.example":     anybody,
		"ada@xn--bcher-kva.example": anybody,
		"o'hara+tag@example.com":    anybody,
		"ada@localhost":             anybody,

		"a..b@docomo.example":                   asked,
		"a.@docomo.example":                     asked,
		".a@docomo.example":                     asked,
		"a@b@example.com":                       asked,
		"a:b@example.com":                       asked,
		`"a"b@example.com`:                      asked,
		`a\b@example.com`:                       asked,
		"ada@example..com":                      asked,
		strings.Repeat("a", 250) + "@b.example": asked,
		strings.Repeat("a", 310) + "@b.example": asked,

		"":                                      nobody,
		"ada":                                   nobody,
		"@":                                     nobody,
		"@example.com":                          nobody,
		"ada@":                                  nobody,
		"ada@example.com@":                      nobody,
		"ada＠example.com":                       nobody, // a full-width sign
		"Ada <ada@example.com>":                 nobody,
		"ada@example.com ":                      nobody,
		" ada@example.com":                      nobody,
		`"a b"@example.com`:                     nobody,
		"a\u00a0b@example.com":                  nobody,
		"ada@example.com\n":                     nobody,
		"a\x00da@example.com":                   nobody,
		"a\x7fda@example.com":                   nobody,
		"a\u0085da@example.com":                 nobody,
		"a\u200bda@example.com":                 nobody, // zero width
		"a\u00adda@example.com":                 nobody, // soft hyphen
		"a\u202eda@example.com":                 nobody, // right to left
		"\ufeffada@example.com":                 nobody,
		"a\ufe0fda@example.com":                 nobody, // variation selector
		"a\u3164da@example.com":                 nobody, // Hangul filler
		"a\U000e0041da@example.com":             nobody, // tag
		"a\ufffdda@example.com":                 nobody, // what could not be read
		"a\xffda@example.com":                   nobody,
		"a\ue000da@example.com":                 nobody, // private use
		strings.Repeat("a", 311) + "@b.example": nobody,
		strings.Repeat("ä", 156) + "@b.example": nobody,
	}
	for value, who := range tests {
		if got := valid.Email(value) == ""; got != (who == anybody) {
			t.Errorf("%q: given to a user: %t", value, got)
		}
		if got := valid.KnownEmail(value) == ""; got != (who != nobody) {
			t.Errorf("%q: asked for: %t", value, got)
		}
	}
}

// Whatever may be given to a user can be asked for.
func FuzzAskedEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "a..b@docomo.example", `"a\"b"@example.com`, "ada@[127.0.0.1]", "a\u200b@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if valid.Email(value) == "" && valid.KnownEmail(value) != "" {
			t.Errorf("%q", value)
		}
	})
}
