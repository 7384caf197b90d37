package jobs

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/config"
	"usher/internal/limits"
	"usher/localtenant"
)

// limited returns the service's configuration with limits of the front-end shop.
func (w *world) limited(t *testing.T, members string) config.Config {
	t.Helper()
	cfg := w.config
	policy, err := limits.Parse(`{"unlisted":"allow","front_ends":[{"name":"shop","role":{"account":"123456789012","name":"shop"},`+members+`}]}`, cfg.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Limits = policy
	return cfg
}

// users makes users in the connection of the service and in another one, in turn.
func (w *world) users(t *testing.T, n int) (ids []string) {
	t.Helper()
	for i := range n {
		connection := localtenant.Connection
		if i%2 == 1 {
			connection = "github"
		}
		id, err := w.admin.AddUser(localtenant.User{Email: fmt.Sprintf("u%d@example.com", i), Connection: connection, AppMetadata: map[string]any{"plan": "gold"}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// A record outside the front-end's limits fails, and the others do not.
func TestLimitsHoldForEachRecord(t *testing.T) {
	w := startWith(t)
	ids := w.users(t, 6)
	w.serve(t, w.deploy(t, w.boot(t, w.limited(t, `"connections":["`+localtenant.Connection+`"],"app_metadata":false`))))
	outside := func(t *testing.T, r result, rule string) {
		t.Helper()
		if r.Status != "failed" || r.code() != "outside-front-ends-limits" || r.Problem.Rule != rule {
			t.Errorf("%+v %+v", r, r.Problem)
		}
	}

	updates := w.begin(t, "/user-updates", lines(6, func(i int) string { return fmt.Sprintf(`{"id":%q,"set":{"nickname":"n"}}`, ids[i]) })+
		`{"id":"auth0|other","app_metadata":{"plan":"iron"}}`)
	w.await(t, updates.ID, nil, "succeeded")
	for i, r := range w.results(t, updates.ID, "") {
		switch {
		case i == 6:
			outside(t, r, "shop.app_metadata")
		case i%2 == 1:
			outside(t, r, "shop.connections")
		case r.Status != "succeeded":
			t.Errorf("%+v %+v", r, r.Problem)
		}
	}

	deletions := w.begin(t, "/user-deletions", lines(2, func(i int) string { return fmt.Sprintf(`{"id":%q}`, ids[i]) }))
	w.await(t, deletions.ID, nil, "planned")
	outside(t, w.results(t, deletions.ID, "failed")[0], "shop.connections")

	creations := w.begin(t, "/user-creations", `{"email":"x@example.com","connection":"github"}`)
	w.await(t, creations.ID, nil, "succeeded")
	outside(t, w.results(t, creations.ID, "")[0], "shop.connections")

	exports := w.begin(t, "/user-exports", "")
	w.await(t, exports.ID, nil, "succeeded")
	results := w.results(t, exports.ID, "")
	for _, r := range results {
		if r.User == nil || r.User.AppMetadata != nil || !strings.HasPrefix(r.UserID, "auth0|") {
			t.Errorf("the export has %+v", r)
		}
	}
	if len(results) != 3 {
		t.Errorf("the export has %d users", len(results))
	}
	want(t, w.post(t, "/user-imports?connection=github", `{"email":"y@example.com"}`), http.StatusForbidden, "outside-front-ends-limits")
}

// A record is processed with the limits at that time, not with those at the start of the job.
func TestLimitsMayChangeDuringAJob(t *testing.T) {
	w := startWith(t)
	ids := w.users(t, 40)
	var changes atomic.Int64
	w.tenant.Watch(func(r *http.Request, _, _ []byte) {
		if r.Method == http.MethodPatch && changes.Add(1) == 5 {
			w.pause(t)
			w.clock.Advance(time.Minute) // the worker looks for a pause now and then
		}
	})
	j := w.begin(t, "/user-updates", lines(40, func(i int) string { return fmt.Sprintf(`{"id":%q,"metadata":{"n":%d}}`, ids[i], i) }))
	w.await(t, j.ID, func(now job) {
		if now.Succeeded >= 5 { // and the job is paused
			w.deploy(t, w.boot(t, w.limited(t, `"connections":[]`)))
			w.resume(t)
		}
	}, "succeeded")
	done := w.job(t, j.ID)
	if done.Succeeded < 5 || done.Succeeded > 20 || done.Failed != 40-done.Succeeded {
		t.Errorf("the job ended with %+v", done.counts)
	}
	for _, r := range w.results(t, j.ID, "failed") {
		if r.code() != "outside-front-ends-limits" || r.Problem.Rule != "shop.connections" {
			t.Errorf("%+v %+v", r, r.Problem)
		}
	}
}

// With tokens, a job needs the scopes of the single operations, at its start or for single records.
func TestScopesOfTokens(t *testing.T) {
	w := startWith(t)
	id := w.users(t, 1)[0]
	creation, withApp := `{"email":"t1@example.com"}`, `{"email":"t2@example.com","app_metadata":{"plan":"gold"}}`
	hash := `,"password_hash":"$2b$10$5AbHHOcxG1wU2YQsFVDPDOKPKPRw8Oa5bLDkKq8vyDFMXjH0NXV.2"`
	for _, tt := range []struct {
		target, records, scopes, without string // without: the scope whose lack is noticed
		atStart                          bool
	}{
		{"/user-creations", creation, "usher:bulk usher:manage", "usher:bulk", true},
		{"/user-creations", `{"email":"t5@example.com"}`, "usher:bulk usher:manage", "usher:manage", true},
		{"/user-creations", withApp, "usher:bulk usher:manage usher:app-metadata", "usher:app-metadata", false},
		{"/user-updates", fmt.Sprintf(`{"id":%q,"set":{"name":"n"}}`, id), "usher:bulk usher:manage", "usher:manage", false},
		{"/user-updates", fmt.Sprintf(`{"id":%q,"metadata":{"a":1}}`, id), "usher:bulk usher:metadata", "usher:metadata", false},
		{"/user-updates", fmt.Sprintf(`{"id":%q,"app_metadata":{"a":1}}`, id), "usher:bulk usher:app-metadata", "usher:app-metadata", false},
		{"/user-updates", fmt.Sprintf(`{"id":%q,"blocked":true}`, id), "usher:bulk usher:support", "usher:support", false},
		{"/user-imports", `{"email":"t3@example.com"` + hash + `}`, "usher:import usher:manage", "usher:manage", true},
		{"/user-imports", `{"email":"t4@example.com","blocked":true` + hash + `}`, "usher:import usher:manage usher:support", "usher:support", false},
		{"/user-exports?connection=github", "", "usher:export usher:read", "usher:read", true},
		{"/user-exports?user_id=" + strings.ReplaceAll(id, "|", "%7C"), "", "usher:export usher:read usher:metadata usher:app-metadata usher:identities usher:mfa usher:sessions usher:roles usher:support", "usher:mfa", true},
		{"/user-deletions", fmt.Sprintf(`{"id":%q}`, id), "usher:bulk-delete usher:manage", "usher:manage", true},
	} {
		run := func(scopes string) (answer, string) {
			headers := []string{frontEndHeader, "client", scopesHeader, scopes}
			got := w.post(t, tt.target, tt.records, headers...)
			if got.status != http.StatusAccepted {
				return got, ""
			}
			var j job
			got.into(t, &j)
			for j.Status == "pending" || j.Status == "running" {
				j = w.job(t, j.ID, headers...)
			}
			return got, w.results(t, j.ID, "", headers...)[0].code()
		}
		if !strings.Contains(tt.target, "connection=") { // its export is empty
			if got, code := run(tt.scopes); got.status != http.StatusAccepted || code != "" {
				t.Errorf("%s %s with %s: %d %s %s", tt.target, tt.records, tt.scopes, got.status, got.body, code)
			}
		}
		less := strings.Join(strings.Fields(strings.Replace(tt.scopes, tt.without, "", 1)), " ")
		got, code := run(less)
		switch {
		case tt.atStart && (got.status != http.StatusForbidden || got.code() != "forbidden"), !tt.atStart && code != "forbidden":
			t.Errorf("%s %s without %s: %d %s %s", tt.target, tt.records, tt.without, got.status, got.body, code)
		}
	}
}
