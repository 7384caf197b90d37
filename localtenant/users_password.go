package localtenant

import (
	"crypto/subtle"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"usher/localtenant/hashes"
)

// password is a stored password. Those of a seed file stay as the file has them,
// in clear: hashing twenty thousand at start would take minutes and hide nothing.
type password struct {
	hash     []byte
	seeded   string
	imported []byte       // a bcrypt hash of another system's, of the password itself
	custom   *hashes.Hash // of another system's, until the first sign-in
	history  [][]byte     // hashes of former ones, newest first
}

// maxPassword is how much bcrypt reads of a password, and so Auth0, in bytes.
const maxPassword = 72

// compared is what counts of a password.
func compared(text string) []byte { return []byte(text)[:min(len(text), maxPassword)] }

func hashPassword(text string, cost int) ([]byte, error) {
	h, err := bcrypt.GenerateFromPassword(compared(text), cost)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return h, nil
}

func (p password) matches(text string) bool {
	if p.seeded != "" {
		return subtle.ConstantTimeCompare(compared(p.seeded), compared(text)) == 1
	}
	if p.custom != nil {
		return p.custom.Matches(text)
	}
	if len(p.imported) > 0 {
		return bcrypt.CompareHashAndPassword(p.imported, []byte(text)) == nil
	}
	return len(p.hash) > 0 && bcrypt.CompareHashAndPassword(p.hash, compared(text)) == nil
}

// PasswordPolicy is what a database connection asks of a password.
type PasswordPolicy struct {
	Level      string `json:"level"` // none, low, fair, good, excellent
	MinLength  int    `json:"min_length"`
	History    int    `json:"history"`             // how many former ones are refused
	Dictionary bool   `json:"dictionary"`          // refuse the commonest
	NoUserInfo bool   `json:"no_user_info"`        // refuse what is in the profile
	TooLong    string `json:"max_length_exceeded"` // default TooLongTruncate
}

// The results for a new password of more than 72 bytes (go-auth0's PasswordMaxLengthExceededPolicyEnum).
const (
	TooLongTruncate = "truncate" // its beginning is kept
	TooLongError    = "error"
)

func defaultPolicy() PasswordPolicy {
	return PasswordPolicy{Level: "good", MinLength: 8, TooLong: TooLongTruncate}
}

// check says what is wrong with a new password of u, in Auth0's words.
func (p PasswordPolicy) check(text string, u *user) error {
	switch {
	case len(text) > maxPassword && p.TooLong == TooLongError: // in words of ours: Auth0's are not documented
		return badRequest("", "PasswordStrengthError: Password is too long")
	case utf8.RuneCountInString(text) < max(p.MinLength, 1) || !p.strong(text):
		return badRequest("", "PasswordStrengthError: Password is too weak")
	case p.Dictionary && common(text):
		return badRequest("", "PasswordDictionaryError: Password is too common")
	case p.NoUserInfo && personal(text, u):
		return badRequest("", "PasswordNoUserInfoError: Password contains user information")
	}
	for i, h := range u.password.former() {
		if i < p.History && bcrypt.CompareHashAndPassword(h, compared(text)) == nil {
			return badRequest("", "PasswordHistoryError: Password has previously been used")
		}
	}
	return nil
}

func (p password) former() [][]byte {
	if p.hash == nil {
		return p.history
	}
	return append([][]byte{p.hash}, p.history...)
}

// strong checks the character classes: fair wants three, good and excellent any
// three of four, excellent also no character three times in a row.
func (p PasswordPolicy) strong(text string) bool {
	var lower, upper, digit, special int
	var last rune
	run, longest := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			special = 1
		}
		if r != last {
			run = 0
		}
		run, last = run+1, r
		longest = max(longest, run)
	}
	switch p.Level {
	case "fair":
		return lower+upper+digit == 3
	case "good":
		return lower+upper+digit+special >= 3
	case "excellent":
		return lower+upper+digit+special >= 3 && longest <= 2
	}
	return true
}

// common knows a few of the commonest that pass the classes.
func common(text string) bool {
	switch strings.ToLower(text) {
	case "password", "password1", "password1!", "password123", "password123!", "passw0rd", "passw0rd!", "p@ssw0rd",
		"p@ssword1", "qwerty123", "qwerty123!", "abc12345", "abcd1234", "welcome1", "welcome1!", "welcome123",
		"admin123", "admin123!", "letmein1", "letmein1!", "iloveyou1", "changeme1", "changeme1!", "test1234", "12345678":
		return true
	}
	return false
}

// personal says whether a password holds a part of the profile of three
// characters or more.
func personal(text string, u *user) bool {
	text = strings.ToLower(text)
	local, _, _ := strings.Cut(u.Email, "@")
	for _, part := range []string{local, u.Username, u.Name, u.GivenName, u.FamilyName, u.Nickname} {
		if utf8.RuneCountInString(part) >= 3 && strings.Contains(text, strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// describe tells a person what a password must be like.
func (p PasswordPolicy) describe() string {
	rules := fmt.Sprintf("At least %d characters", max(p.MinLength, 1))
	switch p.Level {
	case "fair":
		rules += ", with lower-case and capital letters and digits"
	case "good", "excellent":
		rules += ", of three kinds at least: lower-case letters, capital letters, digits, other characters"
	}
	if p.Level == "excellent" {
		rules += "; no character three times in a row"
	}
	return rules + "."
}
