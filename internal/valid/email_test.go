package valid_test

import (
	"strings"
	"testing"

	"usher/internal/valid"
)

func TestEmail(t *testing.T) {
	const invalid, known, both = 0, 1, 2 // accepted by: no rule, KnownEmail, both
	tests := map[string]int{
		"ada@example.com":           both,
		"Ann.Lee@Corp.Example":      both,
		"müller@bücher.example":     both,
		"ada@xn--bcher-kva.example": both,
		"o'hara+tag@example.com":    both,
		"ada@localhost":             both,

		"a..b@docomo.example":                   known,
		"a.@docomo.example":                     known,
		".a@docomo.example":                     known,
		"a@b@example.com":                       known,
		"a:b@example.com":                       known,
		`"a"b@example.com`:                      known,
		`a\b@example.com`:                       known,
		"ada@example..com":                      known,
		strings.Repeat("a", 250) + "@b.example": known,
		strings.Repeat("a", 310) + "@b.example": known,

		"":                                      invalid,
		"ada":                                   invalid,
		"@":                                     invalid,
		"@example.com":                          invalid,
		"ada@":                                  invalid,
		"ada@example.com@":                      invalid,
		"ada＠example.com":                       invalid, // a full-width sign
		"Ada <ada@example.com>":                 invalid,
		"ada@example.com ":                      invalid,
		" ada@example.com":                      invalid,
		`"a b"@example.com`:                     invalid,
		"a\u00a0b@example.com":                  invalid,
		"ada@example.com\n":                     invalid,
		"a\x00da@example.com":                   invalid,
		"a\x7fda@example.com":                   invalid,
		"a\u0085da@example.com":                 invalid,
		"a\u200bda@example.com":                 invalid, // zero width
		"a\u00adda@example.com":                 invalid, // soft hyphen
		"a\u202eda@example.com":                 invalid, // right-to-left override
		"\ufeffada@example.com":                 invalid,
		"a\ufe0fda@example.com":                 invalid, // variation selector
		"a\u3164da@example.com":                 invalid, // Hangul filler
		"a\U000e0041da@example.com":             invalid, // tag
		"a\ufffdda@example.com":                 invalid, // replacement character
		"a\xffda@example.com":                   invalid,
		"a\ue000da@example.com":                 invalid, // private use
		strings.Repeat("a", 311) + "@b.example": invalid,
		strings.Repeat("ä", 156) + "@b.example": invalid,
	}
	for value, kind := range tests {
		if got := valid.Email(value) == ""; got != (kind == both) {
			t.Errorf("%q: Email: %t", value, got)
		}
		if got := valid.KnownEmail(value) == ""; got != (kind != invalid) {
			t.Errorf("%q: KnownEmail: %t", value, got)
		}
	}
}

// KnownEmail accepts every address that Email accepts.
func FuzzKnownEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "a..b@docomo.example", `"a\"b"@example.com`, "ada@[127.0.0.1]", "a\u200b@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if valid.Email(value) == "" && valid.KnownEmail(value) != "" {
			t.Errorf("%q", value)
		}
	})
}
