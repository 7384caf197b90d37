package bulk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/bulk"
	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/limits"
	"usher/internal/limits/limitstest"
	"usher/internal/problem"
	"usher/localtenant"
)

func checked(id string) limits.UserID { return limitstest.User(id) }

// bcryptOfHello is a hash of "hello".
const bcryptOfHello = `"password_hash":"$2b$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K"`

func TestImportOptions(t *testing.T) {
	f := start(t)
	d := bulk.Imports(options, nil)
	for name, tt := range map[string]struct {
		query     string
		principal api.Principal
		document  string
		want      string
	}{
		"none":                  {"", shop, "", `{"connection":"` + localtenant.Connection + `","upsert":false}`},
		"all":                   {"connection=employees&upsert=true", shop, "", `{"connection":"employees","upsert":true}`},
		"a word":                {"upsert=yes", shop, "", "invalid-request upsert"},
		"an unknown one":        {"dry_run=true", shop, "", "invalid-request dry_run"},
		"no database":           {"connection=sms", shop, "", "invalid-request connection"},
		"no name":               {"connection=-", shop, "", "invalid-request connection"},
		"no scope":              {"", withScopes("usher:import"), "", "forbidden"},
		"the scopes":            {"", withScopes("usher:import", "usher:manage"), "", `{"connection":"` + localtenant.Connection + `","upsert":false}`},
		"outside of the limits": {"connection=employees", shop, limited(`"connections":["Customers"]`), "outside-front-ends-limits shop.connections"},
	} {
		t.Run(name, func(t *testing.T) {
			f.callAs(tt.principal, tt.document)
			values, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Options(f.caller, values)
			if text := string(got) + fault(err); text != tt.want {
				t.Errorf("%s, want %s", text, tt.want)
			}
		})
	}
}

func TestImportLines(t *testing.T) {
	f := start(t)
	d := bulk.Imports(options, nil)
	all := withScopes("usher:import", "usher:manage")
	for name, tt := range map[string]struct {
		line      string
		principal api.Principal
		document  string
		want      string
	}{
		"a user": {lineFor("a", bcryptOfHello, `"email_verified":true,"username":"a","phone_number":"+14155550123","phone_verified":true,"name":"A","given_name":"A",
			"family_name":"B","nickname":"c","picture":"https://example.com/a.png","blocked":true,"metadata":{"a":1},"app_metadata":{"b":{}},"mfa_factors":[{"phone":{"value":"+1"}}],"ref":"r"`), shop, "", ""},
		"a custom hash":            {lineFor("a", `"custom_password_hash":{"algorithm":"md5","hash":{"value":"5d41402abc4b2a76b9719d911017c592","encoding":"hex"}}`), shop, "", ""},
		"no address":               {`{"username":"a"}`, shop, "", "invalid-request email"},
		"nothing":                  {`{}`, shop, "", "invalid-request email"},
		"a malformed address":      {`{"email":"a"}`, shop, "", "invalid-request email"},
		"a password":               {lineFor("a", `"password":"secret"`), shop, "", "invalid-request password"},
		"an invitation":            {lineFor("a", `"invite":"email"`), shop, "", "invalid-request invite"},
		"others":                   {lineFor("a", `"id":"1","user_id":"1","connection":"x","user_metadata":{},"verify_email":true`), shop, "", "invalid-request verify_email connection id user_id user_metadata"},
		"an unknown member":        {lineFor("a", `"nick":"x"`), shop, "", "invalid-request nick"},
		"another hash":             {lineFor("a", `"password_hash":"x","custom_password_hash":{"algorithm":"md5"}`), shop, "", "invalid-request password_hash custom_password_hash custom_password_hash.hash"},
		"faulty factors":           {lineFor("a", `"mfa_factors":[]`), shop, "", "invalid-request mfa_factors"},
		"a phone without a number": {lineFor("a", `"phone_verified":true`), shop, "", "invalid-request phone_verified"},
		"our own data":             {lineFor("a", `"app_metadata":{"usher":{}}`), shop, "", "invalid-request app_metadata.usher"},
		"null in metadata":         {lineFor("a", `"metadata":{"a":null}`), shop, "", "invalid-request metadata.a"},
		"app_metadata by limits":   {lineFor("a", `"app_metadata":{}`), shop, limited(`"app_metadata":false`), "outside-front-ends-limits shop.app_metadata"},
		"the connection by limits": {lineFor("a"), shop, limited(`"connections":["Customers"]`), "outside-front-ends-limits shop.connections"},
		"no members with scopes":   {lineFor("a"), all, "", ""},
		"metadata by scopes":       {lineFor("a", `"metadata":{}`), all, "", "forbidden"},
		"app_metadata by scopes":   {lineFor("a", `"app_metadata":{}`), all, "", "forbidden"},
		"a block by scopes":        {lineFor("a", `"blocked":false`), all, "", "forbidden"},
		"factors by scopes":        {lineFor("a", `"mfa_factors":[{"phone":{"value":"+1"}}]`), all, "", "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			f.callAs(tt.principal, tt.document)
			o := json.RawMessage(`{"connection":"` + localtenant.Connection + `"}`)
			line, err := d.Check(t.Context(), f.caller, o, []byte(tt.line))
			if got := fault(err); got != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			again, err := d.Check(t.Context(), f.caller, o, []byte(tt.line))
			if diff := cmp.Diff(line, again); diff != "" || err != nil {
				t.Errorf("the same line differs: %v %s", err, diff)
			}
		})
	}
	f.callAs(shop, "")
	line, err := d.Check(t.Context(), f.caller, json.RawMessage(`{"connection":"c"}`), []byte(`{"email":"Ada@Example.com","username":"ADA","phone_number":"+1","metadata":{},"ref":"r"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := jobs.Line{Ref: "r", Same: []string{"c email ada@example.com", "c phone_number +1", "c username ada"},
		Body: json.RawMessage(`{"email":"Ada@Example.com","phone_number":"+1","username":"ADA","metadata":{}}`)}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Error(diff)
	}
}

// mixed are lines with each outcome, in three chunks.
var mixed = []string{
	lineFor("new1", bcryptOfHello, `"ref":"one"`), lineFor("ada"), // who exists
	`{"email":"broken"}`, lineFor("new2", bcryptOfHello, `"app_metadata":{"a":1}`),
	lineFor("new3", bcryptOfHello),
}

var mixedResults = []string{"succeeded new1", "failed user-exists", "failed invalid-request email", "succeeded new2", "succeeded new3"}

func TestImports(t *testing.T) {
	i := startImporting(t, nil)
	k := i.job("", mixed...)
	var seen []int
	for range 100 {
		step, _ := i.leg(k)
		if step.Done {
			break
		}
		if step.Wait < 2*time.Second || step.Wait > 15*time.Second {
			t.Fatalf("%+v", step)
		}
		i.clock.Advance(step.Wait)
		seen = append(seen, len(k.finished))
	}
	if diff := cmp.Diff(mixedResults, i.short(k)); diff != "" {
		t.Error(diff)
	}
	if k.results[0][0].Ref != "one" || !k.finished[2] || len(slices.Compact(seen)) < 3 {
		t.Errorf("%+v %v", k.results[0][0], seen)
	}
	slices.Sort(k.audits)
	want := []string{"user.import " + k.results[0][0].UserID + " done", "user.import " + k.results[1][1].UserID + " done", "user.import " + k.results[2][0].UserID + " done", "user.import user-exists"}
	slices.Sort(want)
	if diff := cmp.Diff(want, k.audits); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"new1", "new2", "new3"} {
		i.signIn(name+"@example.com", "hello")
	}
	if mails := i.tenant.Outbox(); len(mails) != 0 {
		t.Errorf("%v", mails)
	}
	// The job is over: a late call does nothing.
	calls := i.calls(func() { i.finish(k) })
	if len(calls) != 0 {
		t.Errorf("%v", calls)
	}
}

// A process that dies before or after any write, or around the start of an import, changes no result.
func TestImportsSurviveDeaths(t *testing.T) {
	for _, after := range []bool{false, true} {
		for kill := 1; ; kill++ {
			i := startImporting(t, nil)
			k := i.job("", mixed...)
			k.killAt, k.after = kill, after
			_, took := i.finish(k)
			if diff := cmp.Diff(mixedResults, i.short(k)); diff != "" {
				t.Errorf("dead at write %d (after: %t): %s", kill, after, diff)
			}
			if took > 2*time.Minute+2*time.Hour+10*time.Minute {
				t.Errorf("dead at write %d (after: %t): %v", kill, after, took)
			}
			if k.writes < kill {
				break
			}
		}
	}
}

// A second process at the same time changes no result, and starts no import twice.
func TestImportsInTwoProcesses(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			i := startImporting(t, nil)
			k := i.job("", mixed...)
			k.killAt, k.after = at, after
			k.twin = func() { i.leg(k) }
			i.tenant.ResetStats()
			i.finish(k)
			if starts := i.tenant.Stats().Routes["POST /api/v2/jobs/users-imports"]; starts != 3 {
				t.Errorf("another process at write %d (after: %t): %d imports", at, after, starts)
			}
			if diff := cmp.Diff(mixedResults, i.short(k)); diff != "" {
				t.Errorf("another process at write %d (after: %t): %s", at, after, diff)
			}
			if k.writes < at {
				break
			}
		}
	}
}

// An upsert keeps the service's own data whenever the process dies. Users who are added have no ID in results.
func TestUpsertsSurviveDeaths(t *testing.T) {
	lines := []string{lineFor("own1", `"app_metadata":{"plan":"gold"},"nickname":"Countess"`), lineFor("new1", `"app_metadata":{}`), lineFor("OWN2", `"metadata":{"b":2}`)}
	for _, after := range []bool{false, true} {
		for kill := 1; ; kill++ {
			i := startImporting(t, nil)
			var ids []string
			for _, email := range []string{"own1@example.com", "own2@example.com"} {
				ids = append(ids, i.addUser(localtenant.User{Email: email, EmailVerified: true, UserMetadata: map[string]any{"a": 1},
					AppMetadata: map[string]any{"old": true, "usher": map[string]any{"request": "fingerprint"}}}))
			}
			k := i.job("upsert=true", lines...)
			k.killAt, k.after = kill, after
			i.finish(k)
			got := i.short(k)
			got[1] = strings.TrimSuffix(got[1], " new1") // the first attempt may have added the user
			if diff := cmp.Diff([]string{"succeeded own1", "succeeded", "succeeded"}, got); diff != "" {
				t.Errorf("dead at write %d (after: %t): %s", kill, after, diff)
			}
			first, second := i.user(ids[0]), i.user(ids[1])
			if string(first.AppMetadata) != `{"plan":"gold"}` || string(second.AppMetadata) != `{"old":true}` || string(first.Metadata) != `{"a":1}` ||
				string(second.Metadata) != `{"b":2}` || first.Nickname != "Countess" || *first.EmailVerified {
				t.Errorf("dead at write %d (after: %t): %+v, %+v", kill, after, first, second)
			}
			for _, id := range ids {
				if found, err := i.client.Users().FindCreated(t.Context(), strings.TrimPrefix(id, "auth0|")); err != nil || found.Record.Fingerprint != "fingerprint" {
					t.Errorf("dead at write %d (after: %t): %+v, %v", kill, after, found, err)
				}
			}
			if k.writes < kill {
				break
			}
		}
	}
}

// answers is a provider with some odd answers.
type answers struct {
	imports.Provider
	start    func(id string, err error) (string, error)
	failures func([]imports.Failure) []imports.Failure
	job      func(imports.Job) imports.Job
}

func (a answers) Start(ctx context.Context, im imports.Import) (string, error) {
	id, err := a.Provider.Start(ctx, im)
	if a.start != nil {
		return a.start(id, err)
	}
	return id, err
}

func (a answers) Failures(ctx context.Context, id string) ([]imports.Failure, error) {
	failures, err := a.Provider.Failures(ctx, id)
	if a.failures != nil {
		failures = a.failures(failures)
	}
	return failures, err
}

func (a answers) Job(ctx context.Context, id string) (imports.Job, error) {
	job, err := a.Provider.Job(ctx, id)
	if a.job != nil {
		job = a.job(job)
	}
	return job, err
}

func TestImportsWithOddAnswers(t *testing.T) {
	const unknown, exists = "unknown provider-failed", "failed user-exists"
	lines := []string{lineFor("new1"), lineFor("ada", `"username":"name","phone_number":"+1"`)}
	for name, tt := range map[string]struct {
		settings func(*localtenant.Imports)
		answers  answers
		want     []string
		atLeast  time.Duration
	}{
		"a failed import without errors": {func(s *localtenant.Imports) { s.Fail, s.FailAfter = 1, 1 }, answers{}, []string{unknown + " new1", unknown + " ?"}, 0},
		"a failed import with errors": {nil, answers{job: func(j imports.Job) imports.Job {
			if j.Status == imports.Completed {
				j.Status = imports.Broken
			}
			return j
		}}, []string{unknown + " new1", exists}, 0},
		"no summary": {nil, answers{job: func(j imports.Job) imports.Job { j.Failed = nil; return j }}, []string{"succeeded new1", exists}, 0},
		"errors in another spelling": {nil, answers{failures: func(all []imports.Failure) []imports.Failure {
			all[0].Email, all[0].UserID = strings.ToUpper(all[0].Email), ""
			return append(all, all...)
		}}, []string{"succeeded new1", exists}, 0},
		"errors by ID": {nil, answers{failures: func(all []imports.Failure) []imports.Failure {
			all[0].Email, all[0].UserID = "other@example.com", "auth0|"+all[0].UserID
			return all
		}}, []string{"succeeded new1", exists}, 0},
		"errors by username": {nil, answers{failures: func(all []imports.Failure) []imports.Failure {
			all[0].Email, all[0].UserID, all[0].Username = "", "", "NAME"
			return all
		}}, []string{"succeeded new1", exists}, 0},
		"errors without a user": {nil, answers{failures: func(all []imports.Failure) []imports.Failure {
			all[0] = imports.Failure{Problem: all[0].Problem}
			return all
		}}, []string{unknown + " new1", unknown + " ?"}, 0},
		"missing errors":         {nil, answers{failures: func([]imports.Failure) []imports.Failure { return nil }}, []string{unknown + " new1", unknown + " ?"}, 0},
		"an import that hangs":   {nil, answers{job: func(imports.Job) imports.Job { return imports.Job{} }}, []string{unknown + " new1", unknown + " ?"}, 2 * time.Hour},
		"an import that is gone": {nil, answers{job: func(imports.Job) imports.Job { return imports.Job{Status: imports.Gone} }}, []string{unknown + " ?", unknown + " ?"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			i := startImporting(t, tt.settings)
			tt.answers.Provider = i.provider
			i.provider = tt.answers
			k := i.job("", lines...)
			_, took := i.finish(k)
			if diff := cmp.Diff(tt.want, i.short(k)); diff != "" || took < tt.atLeast {
				t.Errorf("%v %s", took, diff)
			}
		})
	}
}

// A start without an answer is not repeated before its import has ended, or the users show that it has.
func TestImportsWithoutAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		query   string
		runs    bool
		lines   []string
		want    []string
		starts  int
		atLeast time.Duration
		atMost  time.Duration
	}{
		"it ran":               {"", true, []string{lineFor("ada"), lineFor("new1")}, []string{"failed user-exists", "succeeded new1"}, 2, time.Minute, 5 * time.Minute},
		"it ran for all":       {"", true, []string{lineFor("new1"), lineFor("new2")}, []string{"succeeded new1", "succeeded new2"}, 1, time.Minute, 5 * time.Minute},
		"it ran, the last not": {"", true, []string{lineFor("new1"), lineFor("ada")}, []string{"succeeded new1", "failed user-exists"}, 2, imports.Timeout, 3 * time.Hour},
		"it did not run":       {"", false, []string{lineFor("new1"), lineFor("ada")}, []string{"succeeded new1", "failed user-exists"}, 2, imports.Timeout, 3 * time.Hour},
		"an upsert ran":        {"upsert=true", true, []string{lineFor("new1")}, []string{"succeeded"}, 2, imports.Timeout, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			i := startImporting(t, nil)
			starts := 0
			i.provider = lossy{i.provider, tt.runs, &starts}
			k := i.job(tt.query, tt.lines...)
			_, took := i.finish(k)
			if diff := cmp.Diff(tt.want, i.short(k)); diff != "" || starts != tt.starts || took < tt.atLeast || took > tt.atMost {
				t.Errorf("%d starts, %v %s", starts, took, diff)
			}
		})
	}
}

// lossy is a provider whose answer to the first start is lost.
type lossy struct {
	imports.Provider
	runs   bool // the import does
	starts *int
}

func (l lossy) Start(ctx context.Context, im imports.Import) (id string, err error) {
	*l.starts++
	if *l.starts > 1 || l.runs {
		id, err = l.Provider.Start(ctx, im)
	}
	if *l.starts == 1 {
		return "", fmt.Errorf("%w: lost", imports.ErrPerhapsStarted)
	}
	return id, err
}

// flaky is a provider of which each call fails a few times.
type flaky struct {
	imports.Provider
	calls map[string]int
	mu    *sync.Mutex
}

func (f flaky) fail(call string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[call]++
	switch f.calls[call] {
	case 1:
		return problem.ProviderBudget.New("")
	case 2:
		return problem.ProviderUnavailable.New("")
	case 3:
		limit := problem.TooManyRequests.New("")
		limit.RetryAfter = 20 * time.Second
		return limit
	}
	return nil
}

func (f flaky) Connection(ctx context.Context, name string) (string, error) {
	if err := f.fail("connection"); err != nil {
		return "", err
	}
	return f.Provider.Connection(ctx, name)
}

func (f flaky) Existing(ctx context.Context, connection, email string) (imports.Existing, error) {
	if err := f.fail("existing"); err != nil {
		return imports.Existing{}, err
	}
	return f.Provider.Existing(ctx, connection, email)
}

func (f flaky) Start(ctx context.Context, im imports.Import) (string, error) {
	if err := f.fail("start"); err != nil {
		return "", err
	}
	return f.Provider.Start(ctx, im)
}

func (f flaky) Job(ctx context.Context, id string) (imports.Job, error) {
	if err := f.fail("job " + id); err != nil {
		return imports.Job{}, err
	}
	return f.Provider.Job(ctx, id)
}

func (f flaky) Failures(ctx context.Context, id string) ([]imports.Failure, error) {
	if err := f.fail("failures " + id); err != nil {
		return nil, err
	}
	return f.Provider.Failures(ctx, id)
}

func (f flaky) Exists(ctx context.Context, recordID string) (bool, error) {
	if err := f.fail("exists"); err != nil {
		return false, err
	}
	return f.Provider.Exists(ctx, recordID)
}

// Failures of the provider that pass delay a job, and change no result.
func TestImportsOutlastFailures(t *testing.T) {
	for query, want := range map[string][]string{
		"":            mixedResults,
		"upsert=true": {"succeeded", "succeeded ada", "failed invalid-request email", "succeeded new2", "succeeded"},
	} {
		i := startImporting(t, nil)
		starts := 0
		i.provider = flaky{lossy{i.provider, true, &starts}, map[string]int{}, &sync.Mutex{}}
		lines := slices.Clone(mixed)
		if query != "" {
			lines[1] = lineFor("ada", `"app_metadata":{}`)
		}
		k := i.job(query, lines...)
		i.finish(k)
		if diff := cmp.Diff(want, i.short(k)); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
}

// A refusal of an import or of a search is the problem of its records.
func TestRefusedImports(t *testing.T) {
	i := startImporting(t, nil)
	provider := i.provider
	i.provider = answers{Provider: provider, start: func(string, error) (string, error) { return "", problem.BodyTooLarge.New("") }}
	k := i.job("", lineFor("new1"), lineFor("new2"), lineFor("new3"))
	i.finish(k)
	if diff := cmp.Diff([]string{"failed body-too-large", "failed body-too-large", "failed body-too-large"}, i.short(k)); diff != "" {
		t.Error(diff)
	}
	i.provider = refusing{provider}
	k = i.job("upsert=true", lineFor("new1", `"app_metadata":{}`), lineFor("new2"))
	i.finish(k)
	if diff := cmp.Diff([]string{"failed service-misconfigured", "failed service-misconfigured"}, i.short(k)); diff != "" {
		t.Error(diff)
	}
}

// refusing is a provider that refuses every search.
type refusing struct{ imports.Provider }

func (refusing) Existing(context.Context, string, string) (imports.Existing, error) {
	return imports.Existing{}, problem.ServiceMisconfigured.New("")
}

// A user can be imported without the second factors.
func TestImportsWithoutFactors(t *testing.T) {
	i := startImporting(t, nil)
	k := i.job("", lineFor("new1", `"mfa_factors":[{"phone":{"value":"+1"}},{"phone":{"value":"+1"}}]`), lineFor("new2", `"username":"alan"`))
	i.finish(k)
	if diff := cmp.Diff([]string{"failed partly-updated mfa_factors new1", "failed user-exists"}, i.short(k)); diff != "" {
		t.Error(diff)
	}
}

// Imports of others take both places: the job waits, as long as it has to.
func TestImportsWaitForOthers(t *testing.T) {
	i := startImporting(t, func(s *localtenant.Imports) { s.PerJob = localtenant.Duration(90 * time.Minute) })
	connection, err := i.provider.Connection(t.Context(), localtenant.Connection)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := i.provider.Start(t.Context(), imports.Import{ConnectionID: connection}); err != nil {
			t.Fatal(err)
		}
	}
	i.configure(func(s *localtenant.Imports) { s.PerJob = 0 })
	k := i.job("", mixed...)
	legs, took := i.finish(k)
	if diff := cmp.Diff(mixedResults, i.short(k)); diff != "" || took < 90*time.Minute || took > 95*time.Minute || legs > 250 {
		t.Errorf("%d legs, %v %s", legs, took, diff)
	}
}

// A cancelled job ends when the outcome of its imports is known. It begins no other one.
func TestCancelledImports(t *testing.T) {
	lines := append(slices.Clone(mixed), lineFor("new4"), lineFor("new5"))
	for legs, want := range map[int][]string{
		0: nil,
		1: {"succeeded new1", "failed user-exists", "failed invalid-request email", "succeeded new2"},
	} {
		i := startImporting(t, nil)
		k := i.job("", lines...)
		for range legs {
			i.leg(k)
		}
		k.stop = jobs.OnCancel
		i.finish(k)
		if diff := cmp.Diff(want, i.short(k)); diff != "" {
			t.Errorf("after %d legs: %s", legs, diff)
		}
		if found, err := i.client.Users().ByEmail(t.Context(), "new3@example.com"); err != nil || len(found) > 0 {
			t.Errorf("%+v, %v", found, err)
		}
	}
}

// A job that is cancelled after a process died starts no import, and finds those that run.
func TestCancelledImportsAfterADeath(t *testing.T) {
	for _, query := range []string{"", "upsert=true"} {
		for kill := 1; ; kill++ {
			i := startImporting(t, nil)
			k := i.job(query, lineFor("new1"), lineFor("new2"), lineFor("new3"), lineFor("new4"), lineFor("new5"))
			k.killAt, k.after = kill, true
			if _, died := i.leg(k); !died {
				break
			}
			k.stop = jobs.OnCancel
			i.finish(k)
			var imported []string
			for n := range 5 {
				found, err := i.client.Users().ByEmail(t.Context(), fmt.Sprintf("new%d@example.com", n+1))
				if err != nil {
					t.Fatal(err)
				}
				result := "pending"
				if n/importChunk < len(k.results) && k.results[n/importChunk] != nil {
					result = string(k.results[n/importChunk][n%importChunk].Outcome)
				}
				isKnown := result == "succeeded" || query != "" && result == "unknown" // an upsert without an ID
				if (len(found) == 1) != isKnown && result != "unknown" {
					t.Errorf("%q, dead after write %d: new%d: %d users, %s", query, kill, n+1, len(found), result)
				}
				imported = append(imported, result)
			}
			if imported[4] != "pending" {
				t.Errorf("%q, dead after write %d: %v", query, kill, imported)
			}
		}
	}
}

// Limits that changed since the start hold.
func TestLimitsOfImports(t *testing.T) {
	i := startImporting(t, nil)
	i.callAs(shop, "")
	k := i.job("", lineFor("new1", `"app_metadata":{}`), lineFor("new2"))
	i.callAs(shop, limited(`"app_metadata":false`))
	i.finish(k)
	if diff := cmp.Diff([]string{"failed outside-front-ends-limits", "succeeded new2"}, i.short(k)); diff != "" {
		t.Error(diff)
	}
	i.callAs(shop, "")
	k = i.job("", lineFor("new3"), lineFor("new4"))
	i.callAs(shop, limited(`"connections":["Customers"]`))
	if calls := i.calls(func() { i.finish(k) }); len(calls) != 0 {
		t.Errorf("%v", calls)
	}
	if diff := cmp.Diff([]string{"failed outside-front-ends-limits", "failed outside-front-ends-limits"}, i.short(k)); diff != "" {
		t.Error(diff)
	}
}

func TestImportsIntoNoDatabase(t *testing.T) {
	i := startImporting(t, nil)
	for _, connection := range []string{"none", "google-oauth2"} {
		k := i.job("connection="+connection, mixed...)
		i.finish(k)
		if fault(k.failed) != "invalid-request connection" {
			t.Errorf("%s: %v", connection, k.failed)
		}
	}
}

// A pause and the end of the time stop the job between two calls, also in the middle of a search for users.
func TestImportsStop(t *testing.T) {
	i := startImporting(t, nil)
	k := i.job("upsert=true", lineFor("new1", `"app_metadata":{}`))
	for _, stop := range []jobs.Stop{jobs.OnPause, jobs.OnTimeOver, jobs.OnExpiry} {
		k.stop = stop
		if step, _ := i.leg(k); step != (jobs.Step{}) || len(k.intents) > 0 {
			t.Errorf("%s: %+v, %v", stop, step, k.intents)
		}
	}
	k.stop = jobs.GoOn
	i.finish(k)
	if diff := cmp.Diff([]string{"succeeded"}, i.short(k)); diff != "" {
		t.Error(diff)
	}
}

// The calls of an import do not depend on the number of its users, except for those that replace app_metadata.
func TestCallsOfImports(t *testing.T) {
	i := startImporting(t, nil)
	calls := i.calls(func() { i.finish(i.job("", lineFor("new1", bcryptOfHello), lineFor("new2", `"app_metadata":{}`))) })
	want := map[string]int{"GET /api/v2/connections": 1, "POST /api/v2/jobs/users-imports": 1, "GET /api/v2/jobs/{id}": 3, "GET /api/v2/jobs/{id}/errors": 1}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Error(diff)
	}
	calls = i.calls(func() { i.finish(i.job("upsert=true", lineFor("new1"), lineFor("new2", `"app_metadata":{}`))) })
	want["GET /api/v2/users-by-email"] = 1
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Error(diff)
	}
}
