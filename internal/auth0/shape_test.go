package auth0

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"usher/internal/secrets"
	"usher/internal/users"
)

func TestUser(t *testing.T) {
	yes, no := true, false
	at := time.Date(2014, 11, 5, 20, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		given  string
		change func(*users.User) // the difference from a user with only an ID
	}{
		"empty": {``, func(*users.User) {}},
		"nulls": {`"email":null,"email_verified":null,"phone_verified":null,"blocked":null,"identities":null,"user_metadata":null,"created_at":null,"logins_count":null`,
			func(*users.User) {}},
		"booleans as text": {`"email_verified":"true","phone_verified":"False","blocked":"false"`,
			func(u *users.User) { u.EmailVerified, u.PhoneVerified = &yes, &no }},
		"booleans as numbers": {`"email_verified":0,"phone_verified":1,"blocked":1`,
			func(u *users.User) { u.EmailVerified, u.PhoneVerified, u.Blocked = &no, &yes, true }},
		"unreadable booleans": {`"email_verified":"yes","phone_verified":[true],"blocked":"no"`,
			func(u *users.User) { u.EmailVerified, u.PhoneVerified, u.Blocked = &no, &no, true }},
		"numbers and dates": {`"logins_count":"3","created_at":"2014-11-05 20:00:00","updated_at":1415217600,"last_login":"2014-11-05T20:00:00.000+0000"`,
			func(u *users.User) { u.LoginsCount, u.CreatedAt, u.UpdatedAt, u.LastLogin = 3, &at, &at, &at }},
		"unreadable numbers and dates": {`"logins_count":3.5,"created_at":"soon","name":7,"given_name":{},"picture":[1,"p"]`, func(u *users.User) { u.Picture = "p" }},
		"an address":                   {`"email":"a@b.example"`, func(u *users.User) { u.Email, u.NoEmail = "a@b.example", false }},
		"an unreadable address":        {`"email":["a@b.example"]`, func(u *users.User) { u.NoEmail = false }},
		"ignored members": {`"multifactor":[{"provider":"guardian"}],"last_ip":[1],"x":{"user_id":7}`,
			func(*users.User) {}},
		"identities": {`"identities":[{"connection":"c","provider":"google-oauth2","user_id":115290071992547300045,"isSocial":"true"},7,{"connection":"d","user_id":[1]}]`,
			func(u *users.User) {
				u.Identities = []users.Identity{{Connection: "c", Provider: "google-oauth2", UserID: "115290071992547300045", Social: true}, {Connection: "d"}}
			}},
		"the first unreadable":   {`"identities":[7,{"connection":"d"}]`, func(u *users.User) { u.Identities = []users.Identity{{}, {Connection: "d"}} }},
		"no list of identities":  {`"identities":{"connection":"c"}`, func(*users.User) {}},
		"metadata":               {`"user_metadata":{"n":12345678901234567890.10,"a":[1e400]}`, func(u *users.User) { u.Metadata = json.RawMessage(`{"n":12345678901234567890.10,"a":[1e400]}`) }},
		"no object of metadata":  {`"user_metadata":[1],"app_metadata":"x"`, func(*users.User) {}},
		"the service's own part": {`"app_metadata":{"usher":{"request":"r"},"plan":"gold"}`, func(u *users.User) { u.AppMetadata = json.RawMessage(`{"plan":"gold"}`) }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			want := users.User{ID: "auth0|1", NoEmail: true, Identities: []users.Identity{}, Metadata: noMembers, AppMetadata: noMembers}
			tt.change(&want)
			r, _ := noting()
			got, _, err := r.user(gjson.Parse(strings.TrimSuffix(`{"user_id":"auth0|1",`+tt.given, ",") + `}`))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
	for _, nobody := range []string{`{}`, `{"user_id":7}`, `{"user_id":""}`, `{"user_id":null}`, `{"user_id":["auth0|1"]}`, `[]`, `"x"`, `null`} {
		r, _ := noting()
		if got, _, err := r.user(gjson.Parse(nobody)); err == nil {
			t.Errorf("%s is %+v", nobody, got)
		}
	}
}

// Ignored members are logged once by name, and counted each time. Their values are never logged.
func TestIgnoredMembersAreReported(t *testing.T) {
	counted := 0
	c, log := newClient(holding(secrets.Credentials{}), newClock(), func(o *Options) { o.Odd = func(context.Context) { counted++ } })
	for range 3 {
		if _, err := c.userIn(t.Context(), []byte(`{"user_id":"auth0|1","name":{"first":"hunter2"},"nickname":7}`)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"user.name", "user.nickname"} {
		if n := strings.Count(log.String(), "member="+name+"\n"); n != 1 {
			t.Errorf("the log has %s %d times: %s", name, n, log)
		}
	}
	if counted != 6 || strings.Contains(log.String(), "hunter2") {
		t.Errorf("the count is %d; the log: %s", counted, log)
	}
}
