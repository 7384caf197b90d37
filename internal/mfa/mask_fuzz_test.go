package mfa

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A masked number shows four characters at most, and a masked address one and the
// domain. What is masked stays as it is.
func FuzzMask(f *testing.F) {
	for _, seed := range []string{"", "1", "112", "+14155550123", "(415) 555-0123", "XX0123", "***0123", "ada@x.example", "élodie@x.example", "@", "a@b@c", "a*b@c", "ada", "\xff@x", "٠١٢٣٤٥٦٧"} {
		f.Add(seed, seed, seed)
	}
	f.Fuzz(func(t *testing.T, phone, email, name string) {
		m := Method{ID: "1", PhoneNumber: phone, Email: email, Name: name}
		m.mask()
		if !isMaskOfPhone(m.PhoneNumber, phone) {
			t.Errorf("the number %q shows as %q", phone, m.PhoneNumber)
		}
		if !isMaskOfEmail(m.Email, email) {
			t.Errorf("the address %q shows as %q", email, m.Email)
		}
		if numberIn.MatchString(m.Name) {
			t.Errorf("the name %q shows as %q", name, m.Name)
		}
		again := m
		if again.mask(); again != m {
			t.Errorf("%+v, masked again %+v", m, again)
		}
	})
}

func isMaskOfPhone(masked, number string) bool {
	if masked == number {
		return number == "" || strings.ContainsAny(number, "*Xx")
	}
	shown := []rune(strings.TrimLeft(masked, "X"))
	hidden := utf8.RuneCountInString(masked) - len(shown)
	return len(shown) <= 4 && hidden >= min(4, utf8.RuneCountInString(number))
}

func isMaskOfEmail(masked, address string) bool {
	if masked == address {
		return address == "" || strings.Contains(address, "*")
	}
	_, first := utf8.DecodeRuneInString(masked)
	for _, shown := range []int{0, first} { // the first letter may be an asterisk, too
		domain, found := strings.CutPrefix(masked[shown:], "****")
		if found && strings.HasSuffix(address, domain) && strings.Count(domain, "@") <= 1 {
			return true
		}
	}
	return false
}
