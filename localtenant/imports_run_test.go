package localtenant_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// people are n users of an import file.
func people(name string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"email":"%s%d@example.com"}`, name, i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

func imports(change func(*localtenant.Imports)) func(*localtenant.Settings) {
	return func(s *localtenant.Settings) { change(&s.Imports) }
}

func TestImportTakesTime(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option, empty)
	a := newAPI(t, s)
	configure(t, s, imports(func(i *localtenant.Imports) {
		i.PerJob, i.PerUser = localtenant.Duration(10*time.Second), localtenant.Duration(2*time.Second)
	}))
	job := a.startImport(people("a", 4), nil)
	configure(t, s, imports(func(i *localtenant.Imports) { i.PerJob, i.PerUser = 0, 0 })) // for later jobs only
	for _, step := range []struct {
		at   time.Duration
		want string
	}{
		{0, "pending <nil> <nil>, 0 users"}, {9 * time.Second, "pending <nil> <nil>, 0 users"}, {10 * time.Second, "processing 0 8, 0 users"},
		{12 * time.Second, "processing 25 6, 1 users"}, {13500 * time.Millisecond, "processing 25 5, 1 users"}, {16 * time.Second, "processing 75 2, 3 users"},
		{18 * time.Second, "completed <nil> <nil>, 4 users"},
	} {
		s.Tenant.Advance(step.at - s.Tenant.Now().Sub(now.Now()))
		doc := a.obj("GET", job, nil, 200)
		got := fmt.Sprint(doc["status"], " ", doc["percentage_done"], " ", doc["time_left_seconds"], ", ", len(a.list("/api/v2/users")), " users")
		if got != step.want {
			t.Errorf("after %v: %s, want %s", step.at, got, step.want)
		}
		if done := doc["status"] == "completed"; done != (doc["summary"] != nil) {
			t.Errorf("after %v: %v", step.at, doc)
		}
	}
	if got := a.list("/api/v2/users?sort=created_at:1"); got[1]["created_at"] != now.Now().Add(14*time.Second).Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("%v", got[1])
	}
	if mail := s.Tenant.Outbox(); len(mail) != 1 || !mail[0].SentAt.Equal(now.Now().Add(18*time.Second)) {
		t.Errorf("%v", mail)
	}
	s.Tenant.Advance(24*time.Hour - 18*time.Second - time.Millisecond)
	a.obj("GET", job, nil, 200)
	s.Tenant.Advance(time.Millisecond)
	a = newAPI(t, s)
	a.obj("GET", job, nil, 404)
	a.obj("GET", job+"/errors", nil, 404)
}

// Two imports at a time: of users in both, the job that comes to them first has them.
func TestThirdImport(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option, empty)
	a := newAPI(t, s)
	configure(t, s, imports(func(i *localtenant.Imports) { i.PerUser = localtenant.Duration(4 * time.Second) }))
	one := a.startImport(people("a", 2), nil)
	s.Tenant.Advance(2 * time.Second)
	two := a.startImport(`[{"email":"b@example.com"},{"email":"a1@example.com"}]`, nil)
	refused := func() {
		t.Helper()
		want := map[string]any{"statusCode": 429.0, "error": "Too Many Requests", // as documented
			"message": "There are 2 active import users jobs, please wait until some of them are finished and try again"}
		if diff := cmp.Diff(want, a.obj("POST", "/api/v2/jobs/users-imports", importForm("[]", nil), 429)); diff != "" {
			t.Error(diff)
		}
	}
	refused()
	s.Tenant.Advance(6*time.Second - time.Millisecond)
	refused()
	s.Tenant.Advance(time.Millisecond)
	if got := a.summary(one); got != "2 inserted, 0 updated, 0 failed, 2 total" {
		t.Error(got)
	}
	a.startImport("[]", nil)
	s.Tenant.Advance(2 * time.Second)
	if got := a.summary(two); got != "1 inserted, 0 updated, 1 failed, 2 total" {
		t.Error(got)
	}
	configure(t, s, imports(func(i *localtenant.Imports) { i.Limit = 0 }))
	for range 4 {
		a.startImport(people("c", 1), nil)
	}
	configure(t, s, imports(func(i *localtenant.Imports) { i.Limit = 4 }))
	a.obj("POST", "/api/v2/jobs/users-imports", importForm("[]", nil), 429)
}

// The refusal of a third import is no rate limit: its headers are those of a request that was allowed.
func TestThirdImportIsNoRateLimit(t *testing.T) {
	s := tenanttest.Start(t, newClock().option, empty, func(o *localtenant.Options) { o.Plan = localtenant.PlanEnterprise })
	a := newAPI(t, s)
	configure(t, s, imports(func(i *localtenant.Imports) { i.PerJob, i.Limit = localtenant.Duration(time.Second), 1 }))
	a.startImport("[]", nil)
	body, contentType := importForm("[]", nil).encode(t)
	req, err := http.NewRequest("POST", s.URL+"/api/v2/jobs/users-imports", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := network.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 429 || resp.Header.Get("X-RateLimit-Remaining") != "48" || resp.Header.Get("Retry-After") != "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

func TestImportFails(t *testing.T) {
	now := newClock()
	s := tenanttest.Start(t, now.option, empty)
	a := newAPI(t, s)
	failed := func(job string) map[string]any {
		t.Helper()
		doc := a.obj("GET", job, nil, 200)
		if doc["status"] != "failed" || doc["summary"] != nil || doc["percentage_done"] != nil {
			t.Errorf("%v", doc)
		}
		return doc
	}
	count := func(want int) {
		t.Helper()
		if got := len(a.list("/api/v2/users")); got != want {
			t.Errorf("%d users, want %d", got, want)
		}
	}
	configure(t, s, imports(func(i *localtenant.Imports) { i.Fail = 2 }))
	job := a.startImport(people("a", 3), nil)
	failed(job)
	a.obj("GET", job+"/errors", nil, 204)
	count(0)
	configure(t, s, imports(func(i *localtenant.Imports) { i.FailAfter = 2 }))
	job = a.startImport(`[{"email":"x"},{"email":"b@example.com"},{"email":"c@example.com"}]`, nil)
	failed(job)
	a.obj("GET", job+"/errors", nil, 204)
	count(1)
	if got := a.summary(a.startImport(people("d", 1), nil)); got != "1 inserted, 0 updated, 0 failed, 1 total" { // the two have failed
		t.Error(got)
	}
	job = a.startImport(`{"email":"a@example.com"}`, nil) // no array
	doc := failed(job)
	const details = "Failed to parse users file JSON when importing users. Make sure it is valid JSON."
	if doc["status_details"] != details {
		t.Errorf("%v", doc)
	}
	if diff := cmp.Diff(doc, a.obj("GET", job+"/errors", nil, 200)); diff != "" {
		t.Error(diff)
	}
	// After two hours a job fails, with what it has done until then.
	configure(t, s, imports(func(i *localtenant.Imports) {
		i.PerJob, i.PerUser = localtenant.Duration(time.Hour), localtenant.Duration(25*time.Minute)
	}))
	job = a.startImport(`[{"email":"e0@example.com"},{"email":"e"},{"email":"e2@example.com"},{"email":"e3@example.com"}]`, nil)
	s.Tenant.Advance(2*time.Hour - time.Millisecond)
	if doc := a.obj("GET", job, nil, 200); doc["status"] != "processing" {
		t.Errorf("%v", doc)
	}
	s.Tenant.Advance(time.Millisecond)
	failed(job)
	if got := a.failures(job); len(got) != 1 {
		t.Error(got)
	}
	s.Tenant.Advance(2 * time.Hour)
	count(3)
	var mailed []string
	for _, m := range s.Tenant.Outbox() {
		mailed = append(mailed, m.Subject[strings.LastIndex(m.Subject, " ")+1:])
	}
	if diff := cmp.Diff([]string{"failed", "failed", "completed", "failed", "failed"}, mailed); diff != "" {
		t.Error(diff)
	}
}

func TestImportSettings(t *testing.T) {
	s := tenanttest.Start(t, empty)
	a := newAPI(t, s)
	got := a.obj("PATCH", "/_tenant/settings", map[string]any{"imports": map[string]any{"per_user": "5ms", "fail": 1}}, 200)["imports"]
	if diff := cmp.Diff(map[string]any{"per_job": "0s", "per_user": "5ms", "limit": 2.0, "fail": 1.0, "fail_after": 0.0}, got); diff != "" {
		t.Error(diff)
	}
	a.startImport("[]", nil)
	if got := s.Tenant.Settings().Imports.Fail; got != 0 {
		t.Errorf("%d are still to fail", got)
	}
	for _, name := range []string{"per_job", "per_user", "limit", "fail", "fail_after", "speed"} {
		value := any(-1)
		if strings.HasPrefix(name, "per_") {
			value = "-1s"
		}
		a.obj("PATCH", "/_tenant/settings", map[string]any{"imports": map[string]any{name: value}}, 400)
	}
}
