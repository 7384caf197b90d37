package auth0

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"usher/internal/mfa"
)

func TestMethod(t *testing.T) {
	at := time.Date(2026, 1, 2, 2, 4, 5, 0, time.UTC)
	tests := map[string]struct {
		given string
		want  mfa.Method
	}{
		"minimal":         {`{"type":"totp"}`, mfa.Method{Type: "totp", Confirmed: true}},
		"unconfirmed":     {`{"type":"totp","confirmed":false}`, mfa.Method{Type: "totp"}},
		"as text":         {`{"type":"totp","confirmed":"False"}`, mfa.Method{Type: "totp"}},
		"unreadable":      {`{"type":"totp","confirmed":[]}`, mfa.Method{Type: "totp"}},
		"null":            {`{"type":"totp","confirmed":null}`, mfa.Method{Type: "totp", Confirmed: true}},
		"times":           {`{"type":"totp","created_at":"2026-01-02T03:04:05+01:00","last_auth_at":1767319445}`, mfa.Method{Type: "totp", Confirmed: true, CreatedAt: &at, LastUsedAt: &at}},
		"a phone":         {`{"type":"phone","phone_number":"XXXX0123","preferred_authentication_method":"sms"}`, mfa.Method{Type: "sms", Confirmed: true, PhoneNumber: "XXXX0123"}},
		"a phone to call": {`{"preferred_authentication_method":"voice","type":"phone"}`, mfa.Method{Type: "voice", Confirmed: true}},
		"an address":      {`{"type":"email-verification"}`, mfa.Method{Type: "email", Confirmed: true}},
		"an app":          {`{"type":"guardian"}`, mfa.Method{Type: "push", Confirmed: true}},
		"a key":           {`{"type":"webauthn-roaming"}`, mfa.Method{Type: "webauthn-roaming", Confirmed: true}},
		"the device":      {`{"type":"webauthn-platform"}`, mfa.Method{Type: "webauthn-platform", Confirmed: true}},
		"a passkey":       {`{"type":"passkey"}`, mfa.Method{Type: "passkey", Confirmed: true}},
		"recovery":        {`{"type":"recovery-code"}`, mfa.Method{Type: "recovery-code", Confirmed: true}},
		"an unknown type": {`{"type":"telepathy"}`, mfa.Method{Type: "other", Confirmed: true}},
		"no type":         {`{"type":7}`, mfa.Method{Type: "other", Confirmed: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := &reading{odd: func(string) {}}
			got, err := r.method(gjson.Parse(`{"id":"m|1",` + tt.given[1:]))
			tt.want.ID = "m|1"
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}
