package bulk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/bulk"
	"usher/internal/jobs"
	"usher/internal/limits/limitstest"
	"usher/internal/roles"
	"usher/internal/users"
	"usher/localtenant"
)

func (f *fixture) sources() *bulk.Sources {
	return &bulk.Sources{
		List: f.client.Users(), User: f.client.Users(), Identities: f.client.Identities(), MFA: f.client.MFA(),
		Sessions: f.client.Sessions(), Roles: f.client.Roles(), Events: f.client.Events(),
	}
}

func TestExportStart(t *testing.T) {
	f := start(t)
	d := bulk.Exports(nil)
	tests := map[string]struct{ query, options, want string }{
		"all":             {"", `{}`, ""},
		"filters":         {"connection=email&blocked=true&created_after=2026-01-31T12:00:00Z", `{"query":"blocked=true\u0026connection=email\u0026created_after=2026-01-31T12%3A00%3A00Z"}`, ""},
		"an address":      {"email=A@example.com", `{"query":"email=A%40example.com"}`, ""},
		"one user":        {"user_id=auth0|1", `{"user_id":"auth0|1"}`, ""},
		"and a filter":    {"user_id=auth0|1&blocked=true", "", "invalid-request blocked"},
		"a bad filter":    {"blocked=yes&search=x&email=a@example.com", "", "invalid-request blocked search"},
		"an order":        {"sort=email", "", "invalid-request sort"},
		"a part":          {"limit=10&cursor=x", "", "invalid-request cursor limit"},
		"an unusable ID":  {"user_id=..", "", "invalid-request user_id"},
		"an empty filter": {"search=", "", "invalid-request search"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			values, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			options, err := d.Options(f.caller, values)
			if string(options) != tt.options || fault(err) != tt.want {
				t.Errorf("%s %v", options, err)
			}
		})
	}
}

// A token needs the scopes of the reads that an export consists of.
func TestExportPermissions(t *testing.T) {
	f := start(t)
	d := bulk.Exports(nil)
	all := []string{"usher:read", "usher:metadata", "usher:app-metadata", "usher:identities", "usher:mfa", "usher:sessions", "usher:roles", "usher:support"}
	one := url.Values{"user_id": {"auth0|1"}}
	f.callAs(withScopes(all...), "")
	if _, err := d.Options(f.caller, one); err != nil {
		t.Error(err)
	}
	for i := range all {
		f.callAs(withScopes(append(append([]string{}, all[:i]...), all[i+1:]...)...), "")
		if _, err := d.Options(f.caller, one); fault(err) != "forbidden" {
			t.Errorf("without %s: %v", all[i], err)
		}
	}
	f.callAs(withScopes("usher:read"), "")
	if _, err := d.Options(f.caller, nil); err != nil {
		t.Error(err)
	}
	f.callAs(withScopes("usher:export"), "")
	if _, err := d.Options(f.caller, nil); fault(err) != "forbidden" {
		t.Error(err)
	}
}

// addMany adds users, several of whom were created at the same time.
func (f *fixture) addMany(n int) (ids map[string]bool) {
	f.t.Helper()
	ids = map[string]bool{}
	born := time.Now().Add(-time.Hour)
	for i := range n {
		id := f.addUser(localtenant.User{
			Email: emailOf(i), CreatedAt: born.Add(time.Duration(i/10) * time.Second), Connection: []string{localtenant.Connection, "email"}[i%2],
			AppMetadata: map[string]any{"n": float64(i)}, UserMetadata: map[string]any{"m": float64(i)},
		})
		ids[id] = true
	}
	return ids
}

// exported returns the exported users by ID, after checks that hold for every export.
func exported(t *testing.T, r *run) map[string]users.User {
	t.Helper()
	found := map[string]users.User{}
	for i, result := range r.all() {
		var user users.User
		if err := json.Unmarshal(result.User, &user); err != nil {
			t.Fatal(err)
		}
		if _, twice := found[user.ID]; twice || result.Index != i || result.Outcome != jobs.RecordSucceeded || result.UserID != user.ID {
			t.Fatalf("result %d: %+v", i, result)
		}
		found[user.ID] = user
	}
	return found
}

func TestExports(t *testing.T) {
	f := start(t)
	ids := f.addMany(350)
	d := bulk.Exports(f.sources())
	r := f.newRun(d, "search=user-")
	calls := f.calls(func() { r.work(d) })
	if got := exported(t, r); len(got) != len(ids) {
		t.Errorf("%d users of %d", len(got), len(ids))
	}
	for id, user := range exported(t, r) {
		if !ids[id] || string(user.AppMetadata) == "" || string(user.Metadata) == "{}" {
			t.Errorf("%+v", user)
		}
	}
	if diff := cmp.Diff(map[string]int{"GET /api/v2/users": len(r.results)}, calls); diff != "" || len(r.results) != 4 {
		t.Errorf("%s%d chunks", diff, len(r.results))
	}
	for _, chunk := range r.results {
		if len(chunk) > 100 {
			t.Errorf("%d users in memory", len(chunk))
		}
	}
	if len(r.audits) != 0 {
		t.Errorf("%q", r.audits)
	}
}

func TestExportsWithinLimits(t *testing.T) {
	f := start(t)
	f.addMany(150)
	d := bulk.Exports(f.sources())
	r := f.newRun(d, "search=user-")
	f.callAs(shop, limited(`"connections":["email"],"app_metadata":false`)) // since the start
	r.work(d)
	got := exported(t, r)
	if len(got) != 75 {
		t.Errorf("%d users", len(got))
	}
	for _, user := range got {
		if user.Identities[0].Connection != "email" || user.AppMetadata != nil {
			t.Errorf("%+v", user)
		}
	}
	r = f.newRun(d, "connection=github")
	if _, err := d.Work.Run(t.Context(), r); fault(err) != "outside-front-ends-limits shop.connections" {
		t.Error(err)
	}
	r = f.newRun(d, "email="+emailOf(1))
	r.work(d)
	if got := exported(t, r); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	f.callAs(shop, limited(`"connections":[]`))
	r = f.newRun(d, "")
	r.work(d)
	if got := exported(t, r); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// While an export walks, users change, sign up, leave, and come back under their old IDs. None comes
// twice, and only those who left are missing.
func TestExportsOfUsersThatChange(t *testing.T) {
	f := start(t)
	ids := f.addMany(300)
	d := bulk.Exports(f.sources())
	r := f.newRun(d, "")
	dir := f.client.Users()
	var first []string
	for n := range 20 {
		r.steps = 2
		step, err := d.Work.Run(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if step.Done {
			break
		}
		if n == 0 {
			for _, result := range r.all()[:40] {
				first = append(first, result.UserID)
			}
		}
		for i, id := range first {
			patch := users.Patch{Metadata: map[string]any{"n": n, "i": i}, Members: map[string]bool{"metadata": true}}
			if _, err := dir.Update(t.Context(), limitstest.User(id), patch); err != nil {
				t.Fatal(err)
			}
		}
		back := r.all()[50+n].UserID
		was := f.user(back)
		if err := dir.Delete(t.Context(), limitstest.User(back)); err != nil {
			t.Fatal(err)
		}
		f.addUser(localtenant.User{UserID: back, Email: was.Email, Connection: was.Identities[0].Connection})
		f.addUser(localtenant.User{Email: fmt.Sprintf("new-%d@example.com", n)})
	}
	got := exported(t, r)
	for id := range ids {
		if _, there := got[id]; !there {
			t.Errorf("%s is missing", id)
		}
	}
	for _, user := range got {
		if strings.HasPrefix(user.Email, "new-") {
			t.Errorf("%s was created after the start", user.Email)
		}
	}
}

// A provider that fails for a while interrupts an export. The caller sees the page once.
func TestExportsInterrupted(t *testing.T) {
	f := start(t)
	ids := f.addMany(250)
	d := bulk.Exports(f.sources())
	r := f.newRun(d, "search=user-")
	r.steps = 2
	if _, err := d.Work.Run(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	f.tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users", Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"3600"}}})
	if _, err := d.Work.Run(t.Context(), r); fault(err) != "provider-unavailable" {
		t.Fatal(err)
	}
	f.tenant.ClearFaults()
	if step, err := d.Work.Run(t.Context(), r); err != nil || !step.Done {
		t.Fatal(step, err)
	}
	if got := exported(t, r); len(got) != len(ids) {
		t.Errorf("%d users of %d", len(got), len(ids))
	}
}

// A cancelled export is done with the pages that it has; any other stop is continued.
func TestExportsStopped(t *testing.T) {
	f := start(t)
	f.addMany(150)
	d := bulk.Exports(f.sources())
	for _, stop := range []jobs.Stop{jobs.OnTimeOver, jobs.OnPause, jobs.OnExpiry, jobs.OnCancel} {
		r := f.newRun(d, "search=user-")
		r.steps, r.stop = 2, stop
		step, err := d.Work.Run(t.Context(), r)
		if err != nil || step.Done != (stop == jobs.OnCancel) || step.Wait != 0 || len(exported(t, r)) != 100 {
			t.Errorf("%s: %+v %v, %d users", stop, step, err, len(r.all()))
		}
	}
}

func TestExportOfOneUser(t *testing.T) {
	f := start(t)
	const password = "Plum-Tree-42"
	id := f.addUser(localtenant.User{Email: "someone@example.com", Password: password, UserMetadata: map[string]any{"a": 1.0}, AppMetadata: map[string]any{"b": 2.0}})
	f.signIn("someone@example.com", password)
	role := f.tenant.AddRole("staff", "")
	if err := f.client.Roles().Change(t.Context(), limitstest.User(id), nil, rolesOf(t, f, role)); err != nil {
		t.Fatal(err)
	}
	d := bulk.Exports(f.sources())
	r := f.newRun(d, url.Values{"user_id": {id}}.Encode())
	calls := f.calls(func() { r.work(d) })
	wantCalls := map[string]int{
		"GET /api/v2/users/{id}": 2, "GET /api/v2/users/{id}/authentication-methods": 1, "GET /api/v2/users/{user_id}/sessions": 1,
		"GET /api/v2/users/{id}/roles": 1, "GET /api/v2/users/{id}/logs": 1,
	}
	if diff := cmp.Diff(wantCalls, calls); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"succeeded"}, r.short()); diff != "" {
		t.Fatal(diff)
	}
	whole := wholeOf(t, r)
	if whole.ID != id || whole.Email != "someone@example.com" || string(whole.Metadata) != `{"a":1}` || string(whole.AppMetadata) != `{"b":2}` {
		t.Errorf("%+v", whole)
	}
	if len(whole.Identities) != 1 || !whole.Identities[0].Primary || whole.MFAMethods == nil || len(whole.Sessions) != 1 || len(whole.Roles) != 1 || len(whole.Events) == 0 || len(whole.Unavailable) != 0 {
		t.Errorf("%s", r.all()[0].User)
	}

	// Parts that the provider's plan lacks, or that the front-end may not see, are named.
	if err := f.tenant.Configure(func(s *localtenant.Settings) { s.NoSessions = true }); err != nil {
		t.Fatal(err)
	}
	f.callAs(shop, limited(`"app_metadata":false`))
	r = f.newRun(d, url.Values{"user_id": {id}}.Encode())
	r.work(d)
	whole = wholeOf(t, r)
	var parts []string
	for _, part := range whole.Unavailable {
		parts = append(parts, part.Part+" "+part.Code)
	}
	if diff := cmp.Diff([]string{"app_metadata outside-front-ends-limits", "sessions not-in-providers-plan"}, parts); diff != "" {
		t.Error(diff)
	}
	if whole.AppMetadata != nil || whole.Sessions != nil || len(whole.Roles) != 1 {
		t.Errorf("%s", r.all()[0].User)
	}
}

func TestExportOfOneUserThatFails(t *testing.T) {
	f := start(t)
	theirs := f.addUser(localtenant.User{Email: "a@example.com", Connection: "email"})
	d := bulk.Exports(f.sources())
	f.callAs(shop, limited(`"connections":["`+localtenant.Connection+`"]`))
	for id, want := range map[string]string{"auth0|nobody": "failed user-not-found", theirs: "failed outside-front-ends-limits"} {
		r := f.newRun(d, url.Values{"user_id": {id}}.Encode())
		r.work(d)
		if diff := cmp.Diff([]string{want}, r.short()); diff != "" || r.all()[0].UserID != id {
			t.Error(diff)
		}
	}
	ours := f.addUser(localtenant.User{Email: "b@example.com"})
	r := f.newRun(d, url.Values{"user_id": {ours}}.Encode())
	f.tenant.Fail(localtenant.Fault{Route: "GET /api/v2/users/{id}/roles", Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"3600"}}})
	if _, err := d.Work.Run(t.Context(), r); fault(err) != "provider-unavailable" || len(r.all()) != 0 {
		t.Error(err)
	}
}

// whole is the whole record of a user, as clients read it.
type whole struct {
	users.User
	Identities              []struct{ Primary bool } `json:"identities"`
	MFAMethods              []any                    `json:"mfa_methods"`
	Sessions, Roles, Events []any
	Unavailable             []struct{ Part, Code, Detail string }
}

func wholeOf(t *testing.T, r *run) (w whole) {
	t.Helper()
	if err := json.Unmarshal(r.all()[0].User, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func rolesOf(t *testing.T, f *fixture, id string) []roles.Role {
	t.Helper()
	all, err := f.client.Roles().All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r roles.Role) bool { return r.ID != id })
}
