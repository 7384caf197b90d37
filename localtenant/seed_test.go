package localtenant_test

import (
	"strings"
	"testing"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func TestReadUsers(t *testing.T) {
	for name, text := range map[string]string{
		"array": ` [{"email":"a@example.com","password":"pw-a"},{"email":"b@example.com","user_id":"b1","created_at":"2020-02-03T04:05:06Z"}] `,
		"lines": "\ufeff{\"email\":\"a@example.com\",\"password\":\"pw-a\"}\n\n{\"email\":\"b@example.com\",\"user_id\":\"b1\",\"created_at\":\"2020-02-03T04:05:06Z\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			users, err := localtenant.ReadUsers(strings.NewReader(text))
			if err != nil || len(users) != 2 {
				t.Fatalf("%v %v", users, err)
			}
			s := tenanttest.Start(t, empty)
			if err := s.Tenant.AddUsers(users); err != nil {
				t.Fatal(err)
			}
			if got := newAPI(t, s).obj("GET", "/api/v2/users/auth0%7Cb1", nil, 200); got["created_at"] != "2020-02-03T04:05:06.000Z" {
				t.Errorf("%v", got)
			}
			if q := newBrowser(t, s).signIn(s, "a@example.com", "pw-a", nil); q.Get("code") == "" {
				t.Errorf("%v", q)
			}
			if err := s.Tenant.AddUsers(users); err == nil {
				t.Error("the same twice")
			}
		})
	}
	hashed, err := localtenant.ReadUsers(strings.NewReader(`{"email":"h@example.com","custom_password_hash":` + importedHashes[0] + `}`))
	if err != nil {
		t.Fatal(err)
	}
	s := tenanttest.Start(t, empty)
	if err := s.Tenant.AddUsers(hashed); err != nil || !signsIn(t, s, "h@example.com", "shh") {
		t.Errorf("a custom hash: %v", err)
	}
	hashed[0].Email, hashed[0].CustomHash.Hash.Encoding = "i@example.com", "utf8"
	if err := s.Tenant.AddUsers(hashed); err == nil || !strings.Contains(err.Error(), "No enum match for: utf8") {
		t.Errorf("a bad custom hash: %v", err)
	}
	for name, text := range map[string]string{
		"not JSON": "x", "unknown field": `{"mail":"x"}`, "open array": `[{"email":"a@b.co"}`, "after the array": `[] {}`,
		"wrong type": `{"email":5}`, "in the array": `[{"email":"a@b.co"},5]`,
	} {
		if users, err := localtenant.ReadUsers(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %v", name, users)
		}
	}
	if users, err := localtenant.ReadUsers(strings.NewReader(" ")); err != nil || len(users) != 0 {
		t.Errorf("nothing: %v %v", users, err)
	}
}
