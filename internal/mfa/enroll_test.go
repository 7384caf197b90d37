package mfa_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/mfa"
)

func TestEnroll(t *testing.T) {
	const (
		byLink  = `201 {"delivery":"link","url":"https://id.example/e?a=1&b=2","expires_at":"2026-01-01T12:00:00Z"}`
		byEmail = `202 {"delivery":"email"}`
	)
	tests := map[string]struct {
		body string
		want mfa.Enrollment
		says string
	}{
		"nothing":              {`{}`, mfa.Enrollment{}, byLink},
		"a link":               {`{"delivery":"link","allow_multiple":false}`, mfa.Enrollment{}, byLink},
		"a mail":               {`{"delivery":"email"}`, mfa.Enrollment{SendMail: true}, byEmail},
		"one more, by mail":    {`{"delivery":"email","factor":"totp","allow_multiple":true}`, mfa.Enrollment{Factor: mfa.TOTP, AllowMultiple: true, SendMail: true}, byEmail},
		"a phone":              {`{"factor":"phone"}`, mfa.Enrollment{Factor: mfa.Phone}, byLink},
		"an app to push to":    {`{"factor":"push"}`, mfa.Enrollment{Factor: mfa.Push}, byLink},
		"a security key":       {`{"factor":"webauthn-roaming"}`, mfa.Enrollment{Factor: mfa.WebAuthnRoaming}, byLink},
		"the device":           {`{"factor":"webauthn-platform"}`, mfa.Enrollment{Factor: mfa.WebAuthnPlatform}, byLink},
		"an authenticator app": {`{"factor":"totp"}`, mfa.Enrollment{Factor: mfa.TOTP}, byLink},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{ticket: mfa.Ticket{URL: "https://id.example/e?a=1&b=2", Expires: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}}
			op := operations["enroll"]
			op.body = tt.body
			if diff := cmp.Diff(tt.says, apitest.Response(t, op.do(apitest.Unlimited, p, "u%7C1"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.want, p.enrollment); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"enroll u|1"}, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}

func TestEnrollRefuses(t *testing.T) {
	const json = "application/json"
	tests := map[string]struct{ contentType, body, want string }{
		"no media type":          {"", `{}`, "415 unsupported-media-type"},
		"a form":                 {"application/x-www-form-urlencoded", `factor=totp`, "415 unsupported-media-type"},
		"no body":                {json, ``, "400 invalid-json"},
		"no object":              {json, `["totp"]`, "400 invalid-json"},
		"half an object":         {json, `{"factor":"totp"`, "400 invalid-json"},
		"two objects":            {json, `{}{}`, "400 invalid-json"},
		"too much":               {json, `{"factor":"` + strings.Repeat("x", 64<<10) + `"}`, "413 body-too-large"},
		"an unknown member":      {json, `{"phone_number":"+14155550123"}`, "400 invalid-request phone_number"},
		"another case":           {json, `{"Factor":"totp"}`, "400 invalid-request Factor"},
		"a member twice":         {json, `{"factor":"totp","factor":"push"}`, "400 invalid-request factor"},
		"a delivery by SMS":      {json, `{"delivery":"sms"}`, "400 invalid-request delivery"},
		"an empty delivery":      {json, `{"delivery":""}`, "400 invalid-request delivery"},
		"a delivery in capitals": {json, `{"delivery":"EMAIL"}`, "400 invalid-request delivery"},
		"an email address":       {json, `{"factor":"email"}`, "400 invalid-request factor"},
		"a kind of phone":        {json, `{"factor":"sms"}`, "400 invalid-request factor"},
		"a passkey":              {json, `{"factor":"passkey"}`, "400 invalid-request factor"},
		"an empty factor":        {json, `{"factor":""}`, "400 invalid-request factor"},
		"both wrong":             {json, `{"delivery":"x","factor":"y","allow_multiple":true}`, "400 invalid-request delivery factor"},
		"a number":               {json, `{"factor":1}`, "400 invalid-request factor"},
		"text for true":          {json, `{"allow_multiple":"true"}`, "400 invalid-request allow_multiple"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{}
			r := httptest.NewRequest("POST", "/mfa/u/enrollments", strings.NewReader(tt.body))
			if tt.contentType != "" {
				r.Header.Set("Content-Type", tt.contentType)
			}
			if diff := cmp.Diff(tt.want, apitest.Response(t, operations["enroll"].send(apitest.Unlimited, p, r))); diff != "" || len(p.asked) > 0 {
				t.Errorf("%s\nthe provider was asked %v", diff, p.asked)
			}
		})
	}
}
