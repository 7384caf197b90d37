package mfa_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api/apitest"
	"usher/internal/mfa"
)

func TestGet(t *testing.T) {
	at, later := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 12, 0, 0, 5e6, time.UTC)
	tests := map[string]struct {
		methods []mfa.Method
		want    string
	}{
		"none": {[]mfa.Method{}, `200 {"methods":[]}`},
		"bare": {[]mfa.Method{{ID: "totp|1", Type: mfa.TOTP}}, `200 {"methods":[{"id":"totp|1","type":"totp","confirmed":false}]}`},
		"full": {
			[]mfa.Method{{ID: "1", Type: mfa.Other, Confirmed: true, Name: "Ada's <phone>", PhoneNumber: "XXX0123", Email: "a****@x.example", CreatedAt: &at, LastUsedAt: &later}},
			`200 {"methods":[{"id":"1","type":"other","confirmed":true,"name":"Ada's <phone>","phone_number":"XXX0123","email":"a****@x.example",` +
				`"created_at":"2026-01-01T12:00:00Z","last_used_at":"2026-01-02T12:00:00.005Z"}]}`,
		},
		"each one masked, in the provider's order": {
			[]mfa.Method{{ID: "2", Type: mfa.SMS, PhoneNumber: "+14155550123", Name: "+14155550123"}, {ID: "1", Type: mfa.Email, Email: "ada@x.example"}},
			`200 {"methods":[{"id":"2","type":"sms","confirmed":false,"name":"XXXXXXXX0123","phone_number":"XXXXXXXX0123"},` +
				`{"id":"1","type":"email","confirmed":false,"email":"a****@x.example"}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{methods: tt.methods}
			if diff := cmp.Diff(tt.want, apitest.Response(t, operations["get"].do(apitest.Unlimited, p, "samlp%7Cx%7Ca%2Fb@c"))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"methods samlp|x|a/b@c"}, p.asked); diff != "" {
				t.Errorf("the provider was asked:\n%s", diff)
			}
		})
	}
}
