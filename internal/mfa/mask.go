package mfa

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// phoneLike is a name that a provider gave a phone: its number.
var phoneLike = regexp.MustCompile(`^\+?[0-9 ()./-]{7,}$`)

// mask hides what codes are sent to. Providers do so mostly, but not in every
// answer, and a number is worth much to whoever wants to take it over.
func (m *Method) mask() {
	m.PhoneNumber, m.Email = maskedPhone(m.PhoneNumber), maskedEmail(m.Email)
	if phoneLike.MatchString(m.Name) {
		m.Name = maskedPhone(m.Name)
	}
}

// maskedPhone leaves the last four characters.
func maskedPhone(number string) string {
	if strings.ContainsAny(number, "*Xx") { // is so already
		return number
	}
	hidden := max(len(number)-4, min(len(number), 4))
	return strings.Repeat("X", hidden) + number[hidden:]
}

// maskedEmail leaves the first letter, and the domain.
func maskedEmail(address string) string {
	local, domain, found := strings.Cut(address, "@")
	if strings.Contains(address, "*") || address == "" { // is so already
		return address
	}
	_, size := utf8.DecodeRuneInString(local)
	masked := local[:size] + "****"
	if !found {
		return masked
	}
	return masked + "@" + domain
}
