package bulk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/bulk"
	"usher/localtenant"
)

// eachDeath runs a test once for each write at which the process can die, before and after it. test gets a
// function that makes a job mortal, and returns the job.
func eachDeath(t *testing.T, test func(mortal func(*run) *run) *run) {
	t.Helper()
	for _, after := range []bool{false, true} {
		for dies := 1; ; dies++ {
			r := test(func(r *run) *run {
				r.dies, r.after = dies, after
				return r
			})
			if t.Failed() {
				t.Fatalf("dead at write %d (after: %t)", dies, after)
			}
			if r.writes < dies {
				break
			}
		}
	}
}

func wantShort(t *testing.T, r *run, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, r.short()); diff != "" {
		t.Error(diff)
	}
}

func TestCreationsSurviveDeaths(t *testing.T) {
	eachDeath(t, func(mortal func(*run) *run) *run {
		f := start(t)
		f.addUser(localtenant.User{Email: "taken@example.com"})
		d := bulk.Creations(options, f.client.Users())
		r := mortal(f.newRun(d, "", `{"email":"a@example.com"}`, `{"email":"taken@example.com"}`, `{"connection":"sms","phone_number":"+14155550199"}`,
			`{"email":"b@example.com","invite":"email"}`, `{"connection":"email","email":"c@example.com"}`))
		r.work(d)
		wantShort(t, r, "succeeded", "failed user-exists", "succeeded", "succeeded", "succeeded")
		if got := len(f.tenant.Outbox()); got != 1 {
			t.Errorf("%d mails", got)
		}
		return r
	})
}

func TestUpdatesSurviveDeaths(t *testing.T) {
	eachDeath(t, func(mortal func(*run) *run) *run {
		f := start(t)
		var lines, ids []string
		for n := range 4 {
			ids = append(ids, f.addUser(localtenant.User{Email: emailOf(n)}))
			lines = append(lines, `{"id":"`+ids[n]+`","metadata":{"a":{"b":1}},"blocked":true}`)
		}
		d := bulk.Updates(f.client.Users())
		r := mortal(f.newRun(d, "", append(lines, `{"id":"auth0|nobody","blocked":true}`)...))
		r.work(d)
		wantShort(t, r, "succeeded", "succeeded", "succeeded", "succeeded", "failed user-not-found")
		for _, id := range ids {
			if got := f.user(id); !got.Blocked || string(got.Metadata) != `{"a":{"b":1}}` {
				t.Errorf("%+v", got)
			}
		}
		return r
	})
}

func TestDeletionsSurviveDeaths(t *testing.T) {
	eachDeath(t, func(mortal func(*run) *run) *run {
		f := start(t)
		var ids []string
		for n := range 4 {
			ids = append(ids, f.addUser(localtenant.User{Email: emailOf(n)}))
		}
		d := bulk.Deletions(f.client.Users())
		r := mortal(f.newRun(d, "", `{"id":"`+ids[0]+`"}`, `{"id":"`+ids[1]+`"}`, `{"email":"`+emailOf(2)+`"}`, `{"id":"`+ids[2]+`"}`, `{"email":"nobody@example.com"}`, `{"id":"`+ids[3]+`"}`))
		r.work(d)
		wantShort(t, r, "planned", "planned", "planned", "failed duplicate-record", "failed user-not-found", "planned")
		f.tenant.ResetStats()
		r.confirmed = true
		r.work(d)
		wantShort(t, r, "succeeded", "succeeded", "succeeded", "failed duplicate-record", "failed user-not-found", "succeeded")
		if got := f.tenant.Stats().Routes["DELETE /api/v2/users/{id}"]; got != 4 {
			t.Errorf("%d deletions", got)
		}
		return r
	})
}

func TestExportsSurviveDeaths(t *testing.T) {
	eachDeath(t, func(mortal func(*run) *run) *run {
		f := start(t)
		ids := f.addMany(250)
		d := bulk.Exports(f.sources())
		r := mortal(f.newRun(d, "search=user-"))
		r.work(d)
		if got := exported(t, r); len(got) != len(ids) {
			t.Errorf("%d users of %d", len(got), len(ids))
		}
		return r
	})
}
