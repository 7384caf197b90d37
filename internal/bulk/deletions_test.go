package bulk_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/bulk"
	"usher/internal/limits/limitstest"
	"usher/internal/users"
	"usher/localtenant"
)

func TestDeletionLines(t *testing.T) {
	f := start(t)
	d := bulk.Deletions(nil)
	tests := map[string]struct{ line, want, same string }{
		"an ID":         {`{"id":"auth0|1","ref":"1"}`, "", "id auth0|1"},
		"an address":    {`{"email":"A@Example.com"}`, "", "email a@example.com"},
		"both":          {`{"id":"auth0|1","email":"a@example.com"}`, "invalid-request id", ""},
		"neither":       {`{"ref":"1"}`, "invalid-request id", ""},
		"a bad ID":      {`{"id":""}`, "invalid-request id", ""},
		"a bad address": {`{"email":"a"}`, "invalid-request email", ""},
		"more":          {`{"id":"auth0|1","blocked":true}`, "invalid-request blocked", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			line, err := f.line(d, tt.line)
			if got := fault(err); got != tt.want || err == nil && line.Same[0] != tt.same {
				t.Errorf("%v %q", err, line.Same)
			}
		})
	}
}

func TestDeletionStart(t *testing.T) {
	f := start(t)
	d := bulk.Deletions(nil)
	for query, want := range map[string]string{"": "skip", "skip": "skip", "delete": "delete"} {
		values := map[string][]string{}
		if query != "" {
			values["if_signed_in"] = []string{query}
		}
		got, err := d.Options(f.caller, values)
		if string(got) != `{"if_signed_in":"`+want+`"}` || err != nil {
			t.Error(string(got), err)
		}
	}
	for _, name := range []string{"if_signed_in", "force"} {
		if _, err := d.Options(f.caller, map[string][]string{name: {"yes"}}); fault(err) != "invalid-request "+name {
			t.Error(err)
		}
	}
	f.callAs(withScopes("usher:bulk-delete"), "")
	if _, err := d.Options(f.caller, nil); fault(err) != "forbidden" {
		t.Error(err)
	}
}

func TestDeletions(t *testing.T) {
	f := start(t)
	const password = "Plum-Tree-42"
	ids := map[string]string{}
	for _, name := range []string{"by-id", "by-email", "changed", "repassworded", "signed-in", "gone", "twice", "twice-by-email", "moved"} {
		ids[name] = f.addUser(localtenant.User{Email: name + "@example.com", Password: password, LoginsCount: 3})
	}
	f.addUser(localtenant.User{Email: "shared@example.com"})
	f.addUser(localtenant.User{Email: "shared@example.com", Connection: "email"})
	other := f.addUser(localtenant.User{Email: "other@example.com", Connection: "email"})
	d := bulk.Deletions(f.client.Users())
	r := f.newRun(d, "",
		`{"id":"`+ids["by-id"]+`","ref":"first"}`,
		`{"email":"BY-EMAIL@example.com"}`,
		`{"id":"`+ids["changed"]+`"}`,
		`{"id":"`+ids["repassworded"]+`"}`,
		`{"id":"`+ids["signed-in"]+`"}`,
		`{"id":"`+ids["gone"]+`"}`,
		`{"id":"`+ids["twice"]+`"}`,
		`{"email":"twice-by-email@example.com"}`,
		`{"email":"nobody@example.com"}`,
		`{"id":"auth0|nobody"}`,
		`{"email":"shared@example.com"}`,
		`{"email":"twice@example.com"}`,
		`{"id":"`+ids["twice-by-email"]+`"}`,
		`{"id":"`+other+`"}`,
	)
	calls := f.calls(func() { r.work(d) })
	planned := []string{
		"planned", "planned", "planned", "planned", "planned", "planned", "planned", "planned", "failed user-not-found", "failed user-not-found",
		"failed email-ambiguous id id", "failed duplicate-record", "failed duplicate-record", "planned",
	}
	if diff := cmp.Diff(planned, r.short()); diff != "" {
		t.Fatal(diff)
	}
	// An ID is one call; an address is two, one more for capitals, and one for the user that it leads to.
	wantCalls := map[string]int{"GET /api/v2/users/{id}": 12, "GET /api/v2/users-by-email": 6, "GET /api/v2/users": 5}
	if diff := cmp.Diff(wantCalls, calls); diff != "" {
		t.Error(diff)
	}
	if len(r.audits) != 0 {
		t.Errorf("a plan changes nothing: %q", r.audits)
	}
	plan := r.all()

	change := func(name string, patch users.Patch) {
		if _, err := f.client.Users().Update(t.Context(), limitstest.User(ids[name]), patch); err != nil {
			t.Fatal(err)
		}
	}
	change("changed", users.Patch{Metadata: map[string]any{"a": 1}, Members: map[string]bool{"metadata": true}})
	change("repassworded", users.Patch{Profile: users.Profile{Password: ptr("Plum-Tree-43")}, Members: map[string]bool{"password": true}})
	f.signIn("signed-in@example.com", password)
	if err := f.client.Users().Delete(t.Context(), limitstest.User(ids["gone"])); err != nil {
		t.Fatal(err)
	}
	f.callAs(shop, limited(`"connections":["`+localtenant.Connection+`"]`)) // since the plan
	r.confirmed = true
	calls = f.calls(func() { r.work(d) })
	done := []string{
		"succeeded", "succeeded", "skipped user-changed", "skipped user-changed", "skipped user-signed-in", "succeeded", "succeeded", "succeeded",
		"failed user-not-found", "failed user-not-found", "failed email-ambiguous id id", "failed duplicate-record", "failed duplicate-record",
		"failed outside-front-ends-limits",
	}
	if diff := cmp.Diff(done, r.short()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"GET /api/v2/users/{id}": 9, "DELETE /api/v2/users/{id}": 4}, calls); diff != "" {
		t.Error(diff)
	}
	for i, result := range r.all() {
		if result.UserID != plan[i].UserID || result.Ref != plan[i].Ref {
			t.Errorf("%+v, planned as %+v", result, plan[i])
		}
	}
	want := []string{
		"user.delete " + ids["by-id"] + " done", "user.delete " + ids["by-email"] + " done", "user.delete " + ids["gone"] + " done",
		"user.delete " + ids["twice"] + " done", "user.delete " + ids["twice-by-email"] + " done", "user.delete " + other + " outside-front-ends-limits",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, r.audits); diff != "" {
		t.Error(diff)
	}
	f.user(ids["changed"])
	f.user(ids["repassworded"])
	f.user(ids["signed-in"])
	f.user(other)
}

// With if_signed_in=delete a sign-in is no reason to keep a user, but another change is.
func TestDeletionsOfSignedInUsers(t *testing.T) {
	f := start(t)
	const password = "Plum-Tree-42"
	idle := f.addUser(localtenant.User{Email: "a@example.com", Password: password})
	changed := f.addUser(localtenant.User{Email: "b@example.com", Password: password})
	d := bulk.Deletions(f.client.Users())
	r := f.newRun(d, "if_signed_in=delete", `{"id":"`+idle+`"}`, `{"id":"`+changed+`"}`)
	r.work(d)
	f.signIn("a@example.com", password)
	f.signIn("b@example.com", password)
	patch := users.Patch{Profile: users.Profile{Name: ptr("Ada")}, Members: map[string]bool{"name": true}}
	if _, err := f.client.Users().Update(t.Context(), limitstest.User(changed), patch); err != nil {
		t.Fatal(err)
	}
	r.confirmed = true
	r.work(d)
	if diff := cmp.Diff([]string{"succeeded", "skipped user-changed"}, r.short()); diff != "" {
		t.Error(diff)
	}
}

// A plan whose user the provider cannot show is tried again, and nothing is planned without a state.
func TestDeletionsWithoutAProvider(t *testing.T) {
	f := start(t)
	f.callAs(api.Principal{}, "")
	id := f.addUser(localtenant.User{Email: "a@example.com"})
	d := bulk.Deletions(f.client.Users())
	r := f.newRun(d, "", `{"id":"`+id+`"}`)
	f.tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}", Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"3600"}}})
	step, err := d.Work.Run(t.Context(), r)
	if err != nil || step.Wait == 0 || r.short()[0] != "pending" {
		t.Errorf("%+v %v %v", step, err, r.short())
	}
	f.tenant.ClearFaults()
	r.work(d)
	if diff := cmp.Diff([]string{"planned"}, r.short()); diff != "" {
		t.Error(diff)
	}
}
