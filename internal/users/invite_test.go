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
		asked []string
	}{
		"nobody asked": {`{"email":"a@b.example"}`, users.Invite{}, []string{"create"}},
		"by mail":      {`{"email":"a@b.example","invite":"email"}`, users.Invite{By: "email"}, []string{"create", "invite u|1 by email"}},
		"by link":      {`{"email":"a@b.example","invite":"link"}`, users.Invite{By: "link"}, []string{"create", "invite u|1 by link"}},
		"with all that a link can have": {
			`{"email":"a@b.example","invite":"link","result_url":"https://app.example/welcome","ttl":60,"verifies_email":true}`,
			users.Invite{By: "link", ResultURL: "https://app.example/welcome", TTL: time.Minute, VerifiesEmail: true},
			[]string{"create", "invite u|1 by link"},
		},
		"for the longest": {`{"email":"a@b.example","invite":"link","ttl":2592000}`, users.Invite{By: "link", TTL: 30 * 24 * time.Hour}, []string{"create", "invite u|1 by link"}},
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
			if diff := cmp.Diff(tt.asked, dir.asked); diff != "" {
				t.Error(diff)
			}
			if dir.new.Password == nil || dir.new.VerifyEmail != nil {
				t.Errorf("created with password %v and verify_email %v", dir.new.Password, dir.new.VerifyEmail)
			}
			if got := strings.Contains(w.Body.String(), `"invitation"`); got != (tt.want.By != "") {
				t.Errorf("answer %s", w.Body)
			}
		})
	}
}

func TestInviteRefuses(t *testing.T) {
	const linkOnly = `goes with invite "link" only`
	tests := map[string]struct{ body, want string }{
		"another way":              {`{"email":"a@b.example","invite":"sms"}`, `invite: must be "email" or "link"`},
		"an empty way":             {`{"email":"a@b.example","invite":""}`, `invite: must be "email" or "link"`},
		"no address":               {`{"username":"ada","invite":"link"}`, "email: is needed for an invitation"},
		"a password":               {`{"email":"a@b.example","invite":"email","password":"x"}`, "password: does not go with an invitation: the user sets it"},
		"another mail":             {`{"email":"a@b.example","invite":"email","verify_email":true}`, "verify_email: does not go with an invitation, which is the one mail"},
		"no passwords there":       {`{"email":"a@b.example","connection":"email","invite":"link"}`, "invite: goes with connections that have passwords only"},
		"a result of nothing":      {`{"email":"a@b.example","result_url":"https://app.example/welcome"}`, "result_url: " + linkOnly},
		"a lifetime of a mail":     {`{"email":"a@b.example","invite":"email","ttl":60}`, "ttl: " + linkOnly},
		"verified by a mail":       {`{"email":"a@b.example","invite":"email","verifies_email":false}`, "verifies_email: " + linkOnly},
		"to somewhere else":        {`{"email":"a@b.example","invite":"link","result_url":"https://app.example/welcome/"}`, "result_url: is not one of the URLs that the service is configured with"},
		"too short":                {`{"email":"a@b.example","invite":"link","ttl":59}`, "ttl: must be a whole number of seconds from 60 to 2592000"},
		"too long":                 {`{"email":"a@b.example","invite":"link","ttl":2592001}`, "ttl: must be a whole number of seconds from 60 to 2592000"},
		"longer than any number":   {`{"email":"a@b.example","invite":"link","ttl":9223372036854775807}`, "ttl: must be a whole number of seconds from 60 to 2592000"},
		"several":                  {`{"invite":"link","password":"x","ttl":1}`, "3 values are not valid."},
		"a lifetime of two halves": {`{"email":"a@b.example","invite":"link","ttl":60.5}`, "ttl: must be a whole number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{}
			w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, tt.body)
			if diff := cmp.Diff("invalid-request | "+tt.want, answer(t, w)); diff != "" {
				t.Error(diff)
			}
			if len(dir.asked) > 0 {
				t.Errorf("the provider was asked: %v", dir.asked)
			}
		})
	}
}

func TestAFailedInvitationIsNo201(t *testing.T) {
	dir := &directory{user: users.User{ID: "u|1"}, inviteErr: problem.PartlyUpdated.New("Not mailed.")}
	w := do(t, createIn(dir), http.MethodPost, "/users", jsonType, `{"email":"a@b.example","invite":"email"}`)
	if got := answer(t, w); got != "partly-updated | Not mailed." || w.Header().Get("Location") != "" {
		t.Errorf("got %s, Location %q", got, w.Header().Get("Location"))
	}
}
