package jobs

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"usher/localtenant"
)

var full = flag.Bool("full", false, "run the life of 5,000 users instead of 600")

// size is the number of users in each part of the test.
type size struct{ imported, created, updated, deleted, states int }

// TestTheWholeLifeOfUsers imports users with bad lines among them, invites, updates and exports users, and
// deletes some after a plan, while others change and sign in.
func TestTheWholeLifeOfUsers(t *testing.T) {
	n := size{imported: 600, created: 30, updated: 150, deleted: 100, states: 2}
	if *full {
		n = size{imported: 5000, created: 300, updated: 1500, deleted: 1000, states: 5}
	}
	w := start(t)
	ids := w.importUsers(t, n)
	w.inviteUsers(t, n)
	w.updateUsers(t, n, ids)
	w.compareExport(t, n)
	w.deleteUsers(t, n, ids)
}

func email(i int) string { return fmt.Sprintf("user%d@example.com", i) }

// badLines are the lines of an import that fail, with the problems of their results.
var badLines = []struct{ line, code, field string }{
	{`{"ref":"bad","email":"user0@example.com"}`, "duplicate-record", ""},
	{`{"ref":"bad","email":"USER1@example.com"}`, "duplicate-record", ""},
	{`{"ref":"bad","name":"No Address"}`, "invalid-request", "email"},
	{`{"ref":"bad","email":"no address"}`, "invalid-request", "email"},
	{`{"ref":"bad","email":"a@example.com","password":"in clear"}`, "invalid-request", "password"},
	{`{"ref":"bad","email":"b@example.com","invite":"email"}`, "invalid-request", "invite"},
	{`{"ref":"bad","email":"c@example.com","password_hash":"$2b$10$short"}`, "invalid-request", "password_hash"},
	{`{"ref":"bad","email":"d@example.com","colour":"red"}`, "invalid-request", "colour"},
	{`{"ref":"bad","email":"e@example.com","custom_password_hash":{"algorithm":"rot13","hash":{"value":"x"}}}`, "invalid-request", "custom_password_hash.algorithm"},
	{`{"ref":"bad","email":`, "invalid-json", ""},
}

// importUsers returns the IDs of the imported users.
func (w *world) importUsers(t *testing.T, n size) []string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(localtenant.SamplePassword), 10)
	if err != nil {
		t.Fatal(err)
	}
	good := n.imported - len(badLines)
	records := lines(n.imported, func(i int) string {
		if i >= good {
			return badLines[i-good].line
		}
		return fmt.Sprintf(`{"ref":"%d","email":%q,"email_verified":true,"name":"User %d","metadata":{"n":%d},"app_metadata":{"plan":"gold"},"password_hash":%q}`,
			i, email(i), i, i, hash)
	})
	begun := time.Now()
	j := w.begin(t, "/user-imports", records, "Idempotency-Key", "the-import")
	if took := time.Since(begun); *full && took > 2*time.Second {
		t.Errorf("the start of the import took %s", took)
	}
	states := map[counts]bool{j.counts: true}
	done := w.await(t, j.ID, func(j job) { states[j.counts] = true }, "succeeded")
	if done.counts != (counts{Succeeded: good, Failed: len(badLines)}) {
		t.Fatalf("the import ended with %+v", done.counts)
	}
	if len(states) < n.states {
		t.Errorf("the counts had %d states, want at least %d: %v", len(states), n.states, states)
	}
	ids := make([]string, good)
	for _, r := range w.results(t, j.ID, "succeeded") {
		if r.Ref != fmt.Sprint(r.Index) || r.UserID == "" {
			t.Fatalf("a result: %+v", r)
		}
		ids[r.Index] = r.UserID
	}
	for i, r := range w.results(t, j.ID, "failed") {
		bad := badLines[i]
		if r.Index != good+i || r.code() != bad.code || bad.field != "" && (len(r.Problem.Errors) != 1 || r.Problem.Errors[0].Field != bad.field) {
			t.Errorf("the result of %s: %+v %+v", bad.line, r, r.Problem)
		}
		if bad.code != "invalid-json" && r.Ref != "bad" {
			t.Errorf("the result of %s has the ref %q", bad.line, r.Ref)
		}
	}
	for _, i := range []int{0, good - 1} {
		if !w.signIn(t, email(i)) {
			t.Errorf("%s cannot sign in", email(i))
		}
	}
	return ids
}

func (w *world) inviteUsers(t *testing.T, n size) {
	t.Helper()
	before := len(w.tenant.Tenant.Outbox())
	j := w.begin(t, "/user-creations", lines(n.created, func(i int) string {
		invite := "email"
		if i == 0 {
			invite = "link"
		}
		return fmt.Sprintf(`{"ref":"%d","email":"invited%d@example.com","name":"Invited %d","invite":%q}`, i, i, i, invite)
	}))
	if done := w.await(t, j.ID, nil, "succeeded"); done.Succeeded != n.created {
		t.Fatalf("the creations ended with %+v", done.counts)
	}
	mailed := map[string]int{}
	for _, mail := range w.tenant.Tenant.Outbox()[before:] {
		mailed[mail.To]++
	}
	results := w.results(t, j.ID, "")
	if results[0].Invitation == nil || mailed["invited0@example.com"] != 0 {
		t.Errorf("the user who was to be invited by a link: %+v, %d mails", results[0], mailed["invited0@example.com"])
	}
	for i := 1; i < n.created; i++ {
		if address := fmt.Sprintf("invited%d@example.com", i); mailed[address] != 1 || results[i].Invitation != nil {
			t.Errorf("%s got %d mails", address, mailed[address])
		}
	}
}

func updatedName(i int) string { return fmt.Sprintf("Updated %d", i) }

func (w *world) updateUsers(t *testing.T, n size, ids []string) {
	t.Helper()
	j := w.begin(t, "/user-updates", lines(n.updated, func(i int) string {
		return fmt.Sprintf(`{"id":%q,"ref":"%d","set":{"name":%q},"metadata":{"language":"en"},"app_metadata":{"plan":null,"seats":%d},"blocked":%t}`,
			ids[i], i, updatedName(i), i, i%10 == 9)
	}))
	if done := w.await(t, j.ID, nil, "succeeded"); done.Succeeded != n.updated {
		t.Fatalf("the updates ended with %+v", done.counts)
	}
}

// compareExport exports all users, and compares them with what the earlier parts have made.
func (w *world) compareExport(t *testing.T, n size) {
	t.Helper()
	users := w.export(t)
	good := n.imported - len(badLines)
	if len(users) != good+n.created {
		t.Errorf("%d users were exported, want %d", len(users), good+n.created)
	}
	for i := range good {
		u := users[email(i)]
		wantName, metadata, app := fmt.Sprintf("User %d", i), map[string]any{"n": float64(i)}, map[string]any{"plan": "gold"}
		if i < n.updated {
			wantName, metadata["language"], app = updatedName(i), "en", map[string]any{"seats": float64(i)}
		}
		if u.Name != wantName || fmt.Sprint(u.Metadata) != fmt.Sprint(metadata) || fmt.Sprint(u.AppMetadata) != fmt.Sprint(app) || u.Blocked != (i < n.updated && i%10 == 9) {
			t.Fatalf("the export has %+v, want the name %q and the metadata %v and %v", u, wantName, metadata, app)
		}
	}
	for i := range n.created {
		if u := users[fmt.Sprintf("invited%d@example.com", i)]; u.Name != fmt.Sprintf("Invited %d", i) {
			t.Errorf("the export has %+v", u)
		}
	}
}

// export returns all users by address.
func (w *world) export(t *testing.T) map[string]exported {
	t.Helper()
	j := w.begin(t, "/user-exports", "")
	done := w.await(t, j.ID, nil, "succeeded")
	users := map[string]exported{}
	for _, r := range w.results(t, j.ID, "") {
		if r.User == nil || users[r.User.Email].ID != "" {
			t.Fatalf("a result without a user, or a user twice: %+v", r)
		}
		users[r.User.Email] = *r.User
	}
	if done.Total == nil || *done.Total != len(users) {
		t.Errorf("the export has %d users, and says %v", len(users), done.Total)
	}
	return users
}

func (w *world) deleteUsers(t *testing.T, n size, ids []string) {
	t.Helper()
	const changed, signedIn = 5, 3
	from := len(ids) - n.deleted // of these, none was updated or has signed in, except the last
	before := len(w.export(t))
	j := w.begin(t, "/user-deletions", lines(n.deleted, func(i int) string {
		if i%2 == 1 {
			return fmt.Sprintf(`{"email":%q,"ref":"%d"}`, strings.ToUpper(email(from+i)), i)
		}
		return fmt.Sprintf(`{"id":%q,"ref":"%d"}`, ids[from+i], i)
	}))
	planned := w.await(t, j.ID, nil, "planned")
	if planned.Planned != n.deleted || len(w.export(t)) != before {
		t.Fatalf("the plan: %+v", planned.counts)
	}
	for i := range changed {
		want(t, w.call(t, http.MethodPatch, "/users/"+url.PathEscape(ids[from+i]), `{"nickname":"changed"}`), http.StatusOK, "")
	}
	for i := changed; i < changed+signedIn; i++ {
		if !w.signIn(t, email(from+i)) {
			t.Fatalf("%s cannot sign in", email(from+i))
		}
	}
	confirm := "/jobs/" + j.ID + "/confirmation"
	want(t, w.call(t, http.MethodPost, confirm, fmt.Sprintf(`{"delete":%d}`, n.deleted-1)), http.StatusConflict, "plan-changed")
	want(t, w.call(t, http.MethodPost, confirm, fmt.Sprintf(`{"delete":%d}`, n.deleted)), http.StatusAccepted, "")
	done := w.await(t, j.ID, nil, "succeeded")
	if done.counts != (counts{Succeeded: n.deleted - changed - signedIn, Skipped: changed + signedIn}) {
		t.Errorf("the deletion ended with %+v", done.counts)
	}
	for i, r := range w.results(t, j.ID, "skipped") {
		code := "user-changed"
		if i >= changed {
			code = "user-signed-in"
		}
		if r.Index != i || r.code() != code {
			t.Errorf("a skipped user: %+v", r)
		}
	}
	left := w.export(t)
	if len(left) != before-done.Succeeded {
		t.Errorf("%d users are left of %d", len(left), before)
	}
	for i := range n.deleted {
		if _, isLeft := left[email(from+i)]; isLeft != (i < changed+signedIn) {
			t.Errorf("%s is left: %t", email(from+i), isLeft)
		}
	}
}
