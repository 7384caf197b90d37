package address_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"usher/internal/address"
)

func TestSame(t *testing.T) {
	tests := map[string]struct {
		a, b string
		want bool
	}{
		"the same":                   {"ada@example.com", "ada@example.com", true},
		"capitals":                   {"Ann.Lee@Corp.Example", "ann.lee@corp.example", true},
		"umlauts":                    {"MÜLLER@BÜCHER.EXAMPLE", "müller@bücher.example", true},
		"an umlaut is not a u":       {"müller@example.com", "muller@example.com", false},
		"a decomposed umlaut":        {"mu\u0308ller@example.com", "m\u00fcller@example.com", false},
		"capital sharp s":            {"STRAẞE@example.com", "straße@example.com", true},
		"sharp s is not ss":          {"straße@example.com", "strasse@example.com", false},
		"sigma":                      {"ΣΙΜΑ@example.com", "σιμα@example.com", true},
		"sigma at the end":           {"ΟΔΟΣ@example.com", "οδοσ@example.com", true},
		"final sigma is a letter":    {"ΟΔΟΣ@example.com", "οδος@example.com", false},
		"Cyrillic":                   {"ИВАН@ПРИМЕР.РФ", "иван@пример.рф", true},
		"Cyrillic a, Latin a":        {"\u0430da@example.com", "ada@example.com", false},
		"full-width letters":         {"ＡＤＡ@example.com", "ａｄａ@example.com", true},
		"full-width is not ASCII":    {"ａｄａ@example.com", "ada@example.com", false},
		"full-width at sign":         {"ada＠example.com", "ada@example.com", false},
		"dotted capital I":           {"l\u0130nus@example.com", "linus@example.com", false},
		"dotted capital I, capitals": {"L\u0130NUS@EXAMPLE.COM", "linus@example.com", false},
		"dotted capital I, itself":   {"L\u0130NUS@example.com", "l\u0130nus@example.com", true},
		"dotless i":                  {"l\u0131nus@example.com", "linus@example.com", false},
		"Kelvin sign":                {"\u212Aatherine@example.com", "katherine@example.com", false},
		"Kelvin sign, itself":        {"\u212AATHERINE@example.com", "\u212Aatherine@example.com", true},
		"Angstrom sign":              {"\u212B@example.com", "å@example.com", true},
		"long s":                     {"linu\u017F@example.com", "linus@example.com", false},
		"a domain in both forms":     {"ada@bücher.example", "ada@xn--bcher-kva.example", false},
		"an ASCII form in capitals":  {"ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example", true},
		"an extra dot":               {"a..b@docomo.example", "a.b@docomo.example", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if address.Same(tt.a, tt.b) != tt.want || address.Same(tt.b, tt.a) != tt.want {
				t.Errorf("%q and %q: want %t", tt.a, tt.b, tt.want)
			}
		})
	}
}

func TestSpellings(t *testing.T) {
	for given, want := range map[string][]string{
		"ada@example.com":           {"ada@example.com"},
		"Ada@Example.com":           {"Ada@Example.com", "ada@example.com"},
		"l\u0130nus@example.com":    {"l\u0130nus@example.com"},
		"ＡDA@example.com":           {"ＡDA@example.com", "ａda@example.com"},
		"1+2@xn--bcher-kva.example": {"1+2@xn--bcher-kva.example"},
	} {
		if diff := cmp.Diff(want, address.Spellings(given)); diff != "" {
			t.Error(diff)
		}
	}
}

// No character becomes ASCII, and folding twice changes nothing more.
func TestEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		text := string(r)
		once := address.Fold(text)
		if r >= utf8.RuneSelf && ascii(once) {
			t.Errorf("%U becomes %q", r, once)
		}
		if r < utf8.RuneSelf && once != strings.ToLower(text) {
			t.Errorf("%q becomes %q", text, once)
		}
		if address.Fold(once) != once {
			t.Errorf("%U: %q, and then %q", r, once, address.Fold(once))
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "L\u0130NUS@EXAMPLE.COM", "\u212A", "ΟΔΟΣ", "\xff\xfe", "a\u0308"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := address.Fold(text)
		if address.Fold(once) != once {
			t.Errorf("%q: %q, and then %q", text, once, address.Fold(once))
		}
		if !ascii(text) && ascii(once) {
			t.Errorf("%q becomes %q", text, once)
		}
		if ascii(text) && once != strings.ToLower(text) {
			t.Errorf("%q becomes %q", text, once)
		}
	})
}

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}
