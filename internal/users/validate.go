package users

import (
	"fmt"
	"net/url"
	"regexp"
	"unicode/utf8"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Profile holds the members that creating and changing a user have in common.
// On the wire and beyond, nil is one that is not there.
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
	VerifyEmail   *bool   `json:"verify_email,omitempty"` // the provider mails a link to verify the address
}

// e164 is what the provider takes for a phone number.
var e164 = regexp.MustCompile(`^\+[0-9]{1,15}$`)

// faults lists what is wrong with the members that are there. The limits are
// the provider's, told before it is asked.
func (p Profile) faults() []problem.Field {
	var wrong []problem.Field
	check := func(name string, value *string, fault func(string) string) {
		if value == nil {
			return
		}
		if detail := fault(*value); detail != "" {
			wrong = append(wrong, problem.Field{Field: name, Detail: detail})
		}
	}
	check("email", p.Email, httpapi.FaultOfEmail)
	check("password", p.Password, faultOfPassword)
	check("phone_number", p.PhoneNumber, faultOfPhone)
	check("username", p.Username, line(128))
	check("name", p.Name, line(300))
	check("given_name", p.GivenName, line(150))
	check("family_name", p.FamilyName, line(150))
	check("nickname", p.Nickname, line(300))
	check("picture", p.Picture, faultOfPicture)
	return wrong
}

// maxPassword is how many bytes of a password the provider compares, since bcrypt reads no
// more: a longer one would open the account by its beginning
// (https://auth0.com/docs/authenticate/database-connections/password-options: "max_length_exceeded").
const maxPassword = 72

func faultOfPassword(value string) string {
	if n := len(value); n < 1 || n > maxPassword {
		return fmt.Sprintf("must have 1 to %d bytes in UTF-8", maxPassword)
	}
	return ""
}

func faultOfPhone(value string) string {
	if !e164.MatchString(value) {
		return "must be in E.164 form, such as +14155550123"
	}
	return ""
}

func faultOfPicture(value string) string {
	u, err := url.Parse(value)
	if err != nil || !httpapi.IsLine(value) || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "must be an http or https URL"
	}
	return ""
}

// line is the rule for a text of one line.
func line(longest int) func(string) string {
	return func(value string) string {
		switch n := utf8.RuneCountInString(value); {
		case n < 1 || n > longest:
			return fmt.Sprintf("must have 1 to %d characters", longest)
		case !httpapi.IsLine(value):
			return "must be one line, without control characters"
		}
		return ""
	}
}
