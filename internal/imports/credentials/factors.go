package credentials

import (
	"encoding/base32"
	"fmt"
	"regexp"

	"usher/internal/valid"
)

// maxFactors is the number of second factors that the provider imports for a user.
const maxFactors = 10

var phoneForm = regexp.MustCompile(`^\+[0-9]{1,15}$`)

// CheckFactors checks a record's mfa_factors: objects with one member, which is totp, phone or email.
func CheckFactors(faults *valid.Faults, factors []any) {
	if n := len(factors); n < 1 || n > maxFactors {
		faults.Add("mfa_factors", fmt.Sprintf("must have 1 to %d items", maxFactors))
		return
	}
	for i, factor := range factors {
		members, _ := factor.(map[string]any)
		o := object{faults, fmt.Sprintf("mfa_factors[%d]", i), members, true}
		if len(members) != 1 {
			faults.Add(o.path, "must be an object with one member: totp, phone or email")
			continue
		}
		o.only("totp", "phone", "email")
		checkFactor(o, "totp", "secret", valid.When(isTOTPSecret, "must be Base32 in upper case, without padding"))
		checkFactor(o, "phone", "value", valid.When(phoneForm.MatchString, "must be in E.164 form, such as +14155550123"))
		checkFactor(o, "email", "value", valid.Email)
	}
}

func checkFactor(o object, kind, member string, rule valid.Rule) {
	if !o.has(kind) {
		return
	}
	if factor := o.object(kind, true); factor.isValid {
		factor.only(member)
		factor.text(member, rule)
	}
}

func isTOTPSecret(secret string) bool {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	return err == nil && len(key) > 0
}
