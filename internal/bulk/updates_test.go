package bulk_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/bulk"
	"usher/internal/jobs"
	"usher/localtenant"
)

func TestUpdateLines(t *testing.T) {
	f := start(t)
	d := bulk.Updates(nil)
	tests := map[string]struct{ line, want string }{
		"a member":               {`{"id":"auth0|1","set":{"name":"Ada"},"ref":"1"}`, ""},
		"a removal":              {`{"id":"auth0|1","set":{"name":null},"metadata":{"a":null}}`, ""},
		"everything":             {`{"id":"auth0|1","set":{"email":"a@example.com","verify_email":true,"revoke_sessions":true},"metadata":{"a":{"b":null}},"app_metadata":{"a":1},"blocked":false}`, ""},
		"no id":                  {`{"set":{"name":"Ada"}}`, "invalid-request id"},
		"an ID of a path":        {`{"id":"..","set":{"name":"Ada"}}`, "invalid-request id"},
		"nothing":                {`{"id":"auth0|1"}`, "invalid-request set"},
		"nothing in its members": {`{"id":"auth0|1","set":{},"metadata":{},"app_metadata":{}}`, "invalid-request set"},
		"an unknown member":      {`{"id":"auth0|1","set":{"nick":"x"}}`, "invalid-request set.nick"},
		"another type":           {`{"id":"auth0|1","set":{"name":1}}`, "invalid-request set.name"},
		"a fixed member":         {`{"id":"auth0|1","set":{"password":null}}`, "invalid-request set.password"},
		"faults of all kinds":    {`{"set":{"picture":"x"},"metadata":{"a.b":1},"app_metadata":{"usher":1}}`, "invalid-request id metadata.a.b app_metadata.usher set.picture"},
		"null":                   {`{"id":"auth0|1","set":null}`, "invalid-request set"},
		"a name beside":          {`{"id":"auth0|1","name":"Ada"}`, "invalid-request name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := f.line(d, tt.line)
			if got := fault(err); got != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	line, err := f.line(d, `{"ref":"7","set":{"name":"Ada"},"id":"auth0|1"}`)
	want := jobs.Line{Ref: "7", Body: []byte(`{"id":"auth0|1","ref":"7","set":{"name":"Ada"}}`), Same: []string{"id auth0|1"}}
	if diff := cmp.Diff(want, line); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// Each member needs the scope of the single operation that changes it.
func TestUpdatePermissions(t *testing.T) {
	f := start(t)
	d := bulk.Updates(nil)
	members := map[string]string{
		"usher:manage": `"set":{"name":"Ada"}`, "usher:metadata": `"metadata":{"a":1}`,
		"usher:app-metadata": `"app_metadata":{"a":1}`, "usher:support": `"blocked":true`,
	}
	for scope := range members {
		f.callAs(withScopes(scope, "usher:bulk"), "")
		if _, err := d.Options(f.caller, nil); err != nil {
			t.Error(err)
		}
		for needed, member := range members {
			want := "forbidden"
			if needed == scope {
				want = ""
			}
			if _, err := f.line(d, `{"id":"auth0|1",`+member+`}`); fault(err) != want {
				t.Errorf("%s with %s: %v", member, scope, err)
			}
		}
	}
	f.callAs(shop, limited(`"app_metadata":false`))
	if _, err := f.line(d, `{"id":"auth0|1","app_metadata":{"a":1}}`); fault(err) != "outside-front-ends-limits shop.app_metadata" {
		t.Error(err)
	}
}

func TestUpdates(t *testing.T) {
	f := start(t)
	nested := map[string]any{"address": map[string]any{"city": "London", "zip": "1"}, "kept": true}
	tests := map[string]struct {
		members string
		calls   map[string]int
		check   func(t *testing.T, id string)
		audits  []string
	}{
		"one call for all": {
			`"set":{"name":"Ada","nickname":null},"metadata":{"a":1,"kept":null},"app_metadata":{"plan":"gold"},"blocked":false`,
			map[string]int{"PATCH /api/v2/users/{id}": 1},
			func(t *testing.T, id string) {
				got := f.user(id)
				if got.Name != "Ada" || got.Nickname != "" || string(got.Metadata) != `{"a":1,"address":{"city":"London","zip":"1"}}` || string(got.AppMetadata) != `{"plan":"gold"}` || got.Blocked {
					t.Errorf("%+v", got)
				}
			},
			[]string{"user.update", "metadata.update", "app-metadata.update", "user.unblock"},
		},
		"nested metadata is read": {
			`"metadata":{"address":{"zip":null,"street":"x"}},"app_metadata":{"a":{"b":1}}`,
			map[string]int{"GET /api/v2/users/{id}": 1, "PATCH /api/v2/users/{id}": 1},
			func(t *testing.T, id string) {
				got := f.user(id)
				if string(got.Metadata) != `{"address":{"city":"London","street":"x"},"kept":true}` || string(got.AppMetadata) != `{"a":{"b":1}}` {
					t.Errorf("%s %s", got.Metadata, got.AppMetadata)
				}
			},
			[]string{"metadata.update", "app-metadata.update"},
		},
		"nothing to change": {
			`"metadata":{"address":{"city":"London"}}`,
			map[string]int{"GET /api/v2/users/{id}": 2},
			func(t *testing.T, id string) {
				if got := f.user(id); string(got.Metadata) != `{"address":{"city":"London","zip":"1"},"kept":true}` {
					t.Errorf("%s", got.Metadata)
				}
			},
			[]string{"metadata.update"},
		},
		"a block ends sessions": {
			`"blocked":true,"set":{"name":"Ada"}`,
			map[string]int{"PATCH /api/v2/users/{id}": 1, "POST /api/v2/users/{id}/revoke-access": 1},
			func(t *testing.T, id string) {
				if got := f.user(id); !got.Blocked || got.Name != "Ada" {
					t.Errorf("%+v", got)
				}
			},
			[]string{"user.block", "user.update"},
		},
		"separate calls": {
			`"set":{"password":"Plum-Tree-43","email":"changed@example.com","revoke_sessions":true},"metadata":{"a":1}`,
			map[string]int{"PATCH /api/v2/users/{id}": 2, "POST /api/v2/users/{id}/revoke-access": 1},
			func(t *testing.T, id string) {
				if got := f.user(id); got.Email != "changed@example.com" || string(got.Metadata) != `{"a":1,"address":{"city":"London","zip":"1"},"kept":true}` {
					t.Errorf("%+v", got)
				}
				f.signIn("changed@example.com", "Plum-Tree-43")
			},
			[]string{"user.update", "metadata.update"},
		},
	}
	n := 0
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n++
			id := f.addUser(localtenant.User{Email: emailOf(n), Password: "Plum-Tree-42", Nickname: "nick", UserMetadata: nested})
			d := bulk.Updates(f.client.Users())
			r := f.newRun(d, "", `{"id":"`+id+`","ref":"r",`+tt.members+`}`)
			f.user(id)
			f.tenant.ResetStats()
			r.work(d)
			if diff := cmp.Diff(tt.calls, f.tenant.Stats().Routes); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]jobs.Result{{Ref: "r", Outcome: jobs.RecordSucceeded, UserID: id}}, r.all()); diff != "" {
				t.Fatal(diff)
			}
			tt.check(t, id)
			audits := []string{}
			for _, change := range tt.audits {
				audits = append(audits, change+" "+id+" done")
			}
			slices.Sort(audits)
			if diff := cmp.Diff(audits, r.audits); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdatesThatFail(t *testing.T) {
	f := start(t)
	ours := f.addUser(localtenant.User{Email: "ours@example.com"})
	theirs := f.addUser(localtenant.User{Email: "theirs@example.com", Connection: "email"})
	big := map[string]any{}
	for n := range 16 {
		big[emailOf(n)[:6+n/10]] = string(make([]byte, 0)) + fill(4000)
	}
	full := f.addUser(localtenant.User{Email: "full@example.com", UserMetadata: big})
	f.callAs(api.Principal{}, "")
	d := bulk.Updates(f.client.Users())
	r := f.newRun(d, "",
		`{"id":"auth0|nobody","set":{"name":"Ada"}}`,
		`{"id":"`+theirs+`","set":{"name":"Ada"}}`,
		`{"id":"`+ours+`","set":{"email":"full@example.com"}}`,
		`{"id":"`+full+`","metadata":{"more":{"text":"`+fill(4000)+`"}}}`,
	)
	f.callAs(shop, limited(`"connections":["`+localtenant.Connection+`"]`))
	calls := f.calls(func() { r.work(d) })
	want := []string{"failed user-not-found", "failed outside-front-ends-limits", "failed user-exists", "failed metadata-too-large"}
	if diff := cmp.Diff(want, r.short()); diff != "" {
		t.Error(diff)
	}
	// The limits read each user first.
	if diff := cmp.Diff(map[string]int{"GET /api/v2/users/{id}": 5, "PATCH /api/v2/users/{id}": 1}, calls); diff != "" {
		t.Error(diff)
	}
	for i, id := range []string{"auth0|nobody", theirs, ours, full} {
		if got := r.all()[i]; got.UserID != id || got.Problem.RequestID != "request" {
			t.Errorf("%+v", got)
		}
	}
}

func fill(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'x'
	}
	return string(text)
}

// A failure between the block and the end of the sessions is tried again, and the record completes.
func TestUpdatesCompleted(t *testing.T) {
	f := start(t)
	id := f.addUser(localtenant.User{Email: "a@example.com"})
	d := bulk.Updates(f.client.Users())
	r := f.newRun(d, "", `{"id":"`+id+`","blocked":true}`)
	f.tenant.Fail(localtenant.Fault{Route: "POST /api/v2/users/{id}/revoke-access", Status: http.StatusServiceUnavailable, Times: 1})
	r.work(d)
	if diff := cmp.Diff([]string{"succeeded"}, r.short()); diff != "" || !f.user(id).Blocked {
		t.Error(diff)
	}
	want := []string{"user.block " + id + " done", "user.block " + id + " partly-updated"}
	if diff := cmp.Diff(want, r.audits); diff != "" {
		t.Error(diff)
	}
}
