package mfa

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// These match numbers and addresses in a method's name, which the provider or the user sets.
var (
	numberIn  = regexp.MustCompile(`\+?\(?[0-9][0-9 ()./-]{5,}[0-9]`)
	addressIn = regexp.MustCompile(`\S+@\S+`)
)

// Masked returns the methods as callers may see them, never nil.
func Masked(found []Method) []Method {
	masked := append([]Method{}, found...) // encodes as [] instead of null
	for i := range masked {
		masked[i].mask()
	}
	return masked
}

// mask masks the numbers and addresses to which codes are sent. The provider masks them in
// most responses, but not in all. In a name, numbers come first: one may begin in an address and
// end behind it.
func (m *Method) mask() {
	m.PhoneNumber, m.Email = maskedPhone(m.PhoneNumber), maskedEmail(m.Email)
	m.Name = addressIn.ReplaceAllStringFunc(numberIn.ReplaceAllStringFunc(m.Name, maskedPhone), maskedEmail)
}

// maskedPhone keeps the last four characters. A number is already masked if it has masking
// characters and shows at most four digits, in addition to a country code of one digit.
func maskedPhone(number string) string {
	digits := 0
	for _, r := range number {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if strings.ContainsAny(number, "*Xx") && digits <= 5 {
		return number
	}
	runes := []rune(number)
	hidden := max(len(runes)-4, min(len(runes), 4))
	return strings.Repeat("X", hidden) + string(runes[hidden:])
}

// maskedEmail keeps the first letter and the domain. An address is already masked if its
// local part has asterisks and shows at most two characters.
func maskedEmail(address string) string {
	if address == "" {
		return ""
	}
	at := strings.LastIndexByte(address, '@')
	isAddress := at >= 0
	if !isAddress {
		at = len(address)
	}
	local, rest := address[:at], address[at:]
	shown := utf8.RuneCountInString(strings.ReplaceAll(local, "*", ""))
	if strings.Contains(local, "*") && (shown <= 2 || !isAddress) {
		return address
	}
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "****" + rest
}
