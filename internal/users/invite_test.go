package users_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/users"
)

func TestInvite(t *testing.T) {
	tests := map[string]struct {
		body  string
		want  users.Invite
		calls []string
	}{
		"no invitation": {`{"email":"a@b.example"}`, users.Invite{}, []string{"create"}},
		"by mail":       {`{"email":"a@b.example","invite":"email"}`, users.Invite{By: "email"}, []string{"create", "invite u|1 by email"}},
		"by link":       {`{"email":"a@b.example","invite":"link"}`, users.Invite{By: "link"}, []string{"create", "invite u|1 by link"}},
		"a link with all options": {
			`{"email":"a@b.example","invite":"link","result_url":"https://app.example/welcome","ttl":60,"verifies_email":true}`,
			users.Invite{By: "link", ResultURL: "https://app.example/welcome", TTL: time.Minute, VerifiesEmail: true},
			[]string{"create", "invite u|1 by link"},
		},
		"nothing, spelled out": {`{"email":"a@b.example","ttl":432000,"verifies_email":false,"verify_email":false}`, users.Invite{}, []string{"create"}},
		"a mail, spelled out": {
			`{"email":"a@b.example","invite":"email","ttl":432000,"verifies_email":false,"verify_email":false}`,
			users.Invite{By: "email"}, []string{"create", "invite u|1 by email"},
		},
		"a link, spelled out": {
			`{"email":"a@b.example","invite":"link","ttl":432000,"verifies_email":false,"verify_email":false}`,
			users.Invite{By: "link"}, []string{"create", "invite u|1 by link"},
		},
		"the maximum lifetime": {`{"email":"a@b.example","invite":"link","ttl":2592000}`, users.Invite{By: "link", TTL: 30 * 24 * time.Hour}, []string{"create", "invite u|1 by link"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{user: users.User{ID: "u|1"}}
			w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, tt.body)
			if w.Code != http.StatusCreated {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff(tt.want, dir.new.Invite); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.calls, dir.calls); diff != "" {
				t.Error(diff)
			}
			if dir.new.Password == nil || dir.new.VerifyEmail != nil {
				t.Errorf("created with password %v and verify_email %v", dir.new.Password, dir.new.VerifyEmail)
			}
			if got := strings.Contains(w.Body.String(), `"invitation"`); got != (tt.want.By != "") {
				t.Errorf("got %s", w.Body)
			}
		})
	}
}

func TestInviteRefuses(t *testing.T) {
	const linkOnly = `requires invite "link"`
	tests := map[string]struct{ body, want string }{
		"an unknown value":                   {`{"email":"a@b.example","invite":"sms"}`, `invite: must be "email" or "link"`},
		"an empty value":                     {`{"email":"a@b.example","invite":""}`, `invite: must be "email" or "link"`},
		"no address":                         {`{"username":"ada","invite":"link"}`, "email: is required for an invitation"},
		"a password":                         {`{"email":"a@b.example","invite":"email","password":"x"}`, "password: cannot be combined with invite: the user sets the password"},
		"another mail":                       {`{"email":"a@b.example","invite":"email","verify_email":true}`, "verify_email: cannot be combined with invite: the invitation is the only email"},
		"a connection without passwords":     {`{"email":"a@b.example","connection":"email","invite":"link"}`, "invite: requires a connection with passwords"},
		"a result URL without an invitation": {`{"email":"a@b.example","result_url":"https://app.example/welcome"}`, "result_url: " + linkOnly},
		"a lifetime for a mail":              {`{"email":"a@b.example","invite":"email","ttl":60}`, "ttl: " + linkOnly},
		"a lifetime without an invitation":   {`{"email":"a@b.example","ttl":431999}`, "ttl: " + linkOnly},
		"verifies_email for nothing":         {`{"email":"a@b.example","verifies_email":true}`, "verifies_email: " + linkOnly},
		"verifies_email for a mail":          {`{"email":"a@b.example","invite":"email","verifies_email":true}`, "verifies_email: " + linkOnly},
		"an unknown result URL":              {`{"email":"a@b.example","invite":"link","result_url":"https://app.example/welcome/"}`, "result_url: is not one of the configured result URLs"},
		"too short":                          {`{"email":"a@b.example","invite":"link","ttl":59}`, "ttl: must be a whole number of seconds from 60 to 2592000"},
		"too long":                           {`{"email":"a@b.example","invite":"link","ttl":2592001}`, "ttl: must be a whole number of seconds from 60 to 2592000"},
		"an overflowing number":              {`{"email":"a@b.example","invite":"link","ttl":9223372036854775807}`, "ttl: must be a whole number of seconds from 60 to 2592000"},
		"several":                            {`{"invite":"link","password":"x","ttl":1}`, "3 values are not valid."},
		"a fractional lifetime":              {`{"email":"a@b.example","invite":"link","ttl":60.5}`, "ttl: must be a whole number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, tt.body)
			if diff := cmp.Diff("invalid-request | "+tt.want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
			if len(dir.calls) > 0 {
				t.Errorf("unexpected provider calls: %v", dir.calls)
			}
		})
	}
}

func TestFailedInvitationIsNot201(t *testing.T) {
	dir := &directory{user: users.User{ID: "u|1"}, inviteErr: problem.PartlyUpdated.New("Not mailed.")}
	w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, `{"email":"a@b.example","invite":"email"}`)
	if got := outcome(t, w); got != "partly-updated | Not mailed." || w.Header().Get("Location") != "" {
		t.Errorf("got %s, Location %q", got, w.Header().Get("Location"))
	}
}
