package users

import (
	"fmt"
	"net/url"
	"regexp"

	"usher/internal/valid"
)

// Profile holds the members that creating and updating a user have in common. nil is an
// absent member.
type Profile struct {
	Email         *string `json:"email,omitempty"`
	Password      *string `json:"password,omitempty"`
	PhoneNumber   *string `json:"phone_number,omitempty"`
	Username      *string `json:"username,omitempty"`
	Name          *string `json:"name,omitempty"`
	GivenName     *string `json:"given_name,omitempty"`
	FamilyName    *string `json:"family_name,omitempty"`
	Nickname      *string `json:"nickname,omitempty"`
	Picture       *string `json:"picture,omitempty"`
	EmailVerified *bool   `json:"email_verified,omitempty"`
	VerifyEmail   *bool   `json:"verify_email,omitempty"` // whether the provider mails a verification link
}

// e164 matches the phone numbers that the provider accepts.
var e164 = regexp.MustCompile(`^\+[0-9]{1,15}$`)

// check validates the present members by the provider's rules.
func (p Profile) check(faults *valid.Faults) {
	faults.Check("email", p.Email, valid.Email)
	faults.Check("password", p.Password, password)
	faults.Check("phone_number", p.PhoneNumber, phoneNumber)
	faults.Check("username", p.Username, valid.Line(128))
	faults.Check("name", p.Name, valid.Line(300))
	faults.Check("given_name", p.GivenName, valid.Line(150))
	faults.Check("family_name", p.FamilyName, valid.Line(150))
	faults.Check("nickname", p.Nickname, valid.Line(300))
	faults.Check("picture", p.Picture, picture)
}

// maxPassword is the maximum length of a password, in bytes. bcrypt ignores the rest of a
// longer password, so that its first 72 bytes would be enough to sign in
// (https://auth0.com/docs/authenticate/database-connections/password-options: "max_length_exceeded").
const maxPassword = 72

func password(value string) string {
	if n := len(value); n < 1 || n > maxPassword {
		return fmt.Sprintf("must have 1 to %d bytes in UTF-8", maxPassword)
	}
	return ""
}

func phoneNumber(value string) string {
	if !e164.MatchString(value) {
		return "must be in E.164 form, such as +14155550123"
	}
	return ""
}

func picture(value string) string {
	u, err := url.Parse(value)
	if err != nil || !valid.IsLine(value) || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "must be an http or https URL"
	}
	return ""
}
