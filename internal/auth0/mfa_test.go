package auth0

import (
	"testing"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/google/go-cmp/cmp"

	"usher/internal/mfa"
)

func TestMethodFrom(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	no, number, voice, text := false, "XXXX0123", management.PreferredAuthenticationMethodEnumVoice, management.PreferredAuthenticationMethodEnumSms
	tests := map[string]struct {
		given management.UserAuthenticationMethod
		want  mfa.Method
	}{
		"the least":   {management.UserAuthenticationMethod{ID: "totp|dev_1", Type: "totp"}, mfa.Method{ID: "totp|dev_1", Type: "totp", Confirmed: true}},
		"unconfirmed": {management.UserAuthenticationMethod{Type: "totp", Confirmed: &no}, mfa.Method{Type: "totp"}},
		"times":       {management.UserAuthenticationMethod{Type: "totp", CreatedAt: at, LastAuthAt: &at}, mfa.Method{Type: "totp", Confirmed: true, CreatedAt: utc(&at), LastUsedAt: utc(&at)}},
		"a phone": {management.UserAuthenticationMethod{Type: "phone", PhoneNumber: &number, PreferredAuthenticationMethod: &text},
			mfa.Method{Type: "sms", Confirmed: true, PhoneNumber: number}},
		"a phone to call": {management.UserAuthenticationMethod{Type: "phone", PreferredAuthenticationMethod: &voice}, mfa.Method{Type: "voice", Confirmed: true}},
		"an address":      {management.UserAuthenticationMethod{Type: "email-verification"}, mfa.Method{Type: "email", Confirmed: true}},
		"an app":          {management.UserAuthenticationMethod{Type: "guardian"}, mfa.Method{Type: "push", Confirmed: true}},
		"a key":           {management.UserAuthenticationMethod{Type: "webauthn-roaming"}, mfa.Method{Type: "webauthn-roaming", Confirmed: true}},
		"the device":      {management.UserAuthenticationMethod{Type: "webauthn-platform"}, mfa.Method{Type: "webauthn-platform", Confirmed: true}},
		"a passkey":       {management.UserAuthenticationMethod{Type: "passkey"}, mfa.Method{Type: "passkey", Confirmed: true}},
		"recovery":        {management.UserAuthenticationMethod{Type: "recovery-code"}, mfa.Method{Type: "recovery-code", Confirmed: true}},
		"news":            {management.UserAuthenticationMethod{Type: "telepathy"}, mfa.Method{Type: "other", Confirmed: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, methodFrom(&tt.given)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
