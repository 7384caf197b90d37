package bulk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/auth0"
	"usher/internal/bulk"
	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

// importing is a fixture with one clock for the tenant and the service, and the tenant's odd answers.
type importing struct {
	*fixture
	clock    *testkit.Clock
	provider imports.Provider
}

func startImporting(t *testing.T, settings func(*localtenant.Imports)) *importing {
	t.Helper()
	clock := testkit.NewClock(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	s := tenanttest.Start(t, func(o *localtenant.Options) { o.Now, o.Quirks = clock.Now, true })
	client := auth0.New(auth0.Options{
		Credentials: secrets.Static(secrets.Credentials{
			Domain: s.URL, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret,
			ManagementClientID: localtenant.ClientID, ManagementClientSecret: localtenant.ClientSecret,
		}),
		Now: clock.Now, Deadline: testkit.Patience, Backoff: time.Millisecond,
	})
	i := &importing{fixture: &fixture{t: t, tenant: s.Tenant, client: client}, clock: clock, provider: client.Imports()}
	i.callAs(api.Principal{}, "")
	i.configure(func(set *localtenant.Imports) {
		set.PerJob, set.PerUser = localtenant.Duration(3*time.Second), localtenant.Duration(time.Second)
		if settings != nil {
			settings(set)
		}
	})
	return i
}

func (i *importing) configure(change func(*localtenant.Imports)) {
	i.t.Helper()
	if err := i.tenant.Configure(func(set *localtenant.Settings) { set.IndexLag = 0; change(&set.Imports) }); err != nil {
		i.t.Fatal(err)
	}
}

// disk is what a job has stored. It survives the death of a process.
type disk struct {
	manifest jobs.Manifest
	records  []jobs.Record
	position json.RawMessage
	results  map[int][]jobs.Result
	intents  map[string]json.RawMessage
	finished map[int]bool
	failed   error // by Fail
	stop     jobs.Stop
	audits   []string

	writes int // and starts of imports, so far
	killAt int // the write at which the process dies; 0 for none
	after  bool
	twin   func() // called at that write instead
}

const importChunk = 2

// job starts a job with these lines. Invalid ones become records with a problem.
func (i *importing) job(query string, lines ...string) *disk {
	i.t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		i.t.Fatal(err)
	}
	d := bulk.Imports(options, i.provider)
	o, err := d.Options(i.caller, values)
	if err != nil {
		i.t.Fatal(err)
	}
	k := &disk{results: map[int][]jobs.Result{}, intents: map[string]json.RawMessage{}, finished: map[int]bool{}}
	k.manifest = jobs.Manifest{ID: "job", RequestID: "request", Options: o, Created: i.clock.Now()}
	for n, text := range lines {
		line, err := d.Check(i.t.Context(), i.caller, o, []byte(text))
		record := jobs.Record{Index: n, Ref: line.Ref, Body: line.Body}
		if problem.IsProblem(err) {
			document := problem.From(err).Document("request")
			record.Body, record.Problem = nil, &document
		} else if err != nil {
			i.t.Fatal(err)
		}
		k.records = append(k.records, record)
	}
	for some := range slices.Chunk(k.records, importChunk) {
		k.manifest.Chunks = append(k.manifest.Chunks, jobs.Chunk{Records: len(some)})
	}
	return k
}

// process is a run of a job in one process. It dies at a write.
type process struct {
	*disk
	i        *importing
	position json.RawMessage
}

// death is the panic of a process that dies.
type death struct{}

// write makes a change that survives, and dies before or after it.
func (p *process) write(change func()) {
	p.writes++
	dies := p.writes == p.killAt
	if dies && !p.after {
		p.die()
	}
	change()
	if dies && p.after {
		p.die()
	}
}

func (p *process) die() {
	if p.twin == nil {
		panic(death{})
	}
	p.twin()
}

func (p *process) Manifest() jobs.Manifest   { return p.manifest }
func (p *process) Call() (api.Call, error)   { return p.i.caller, nil }
func (p *process) Position() json.RawMessage { return p.position }
func (p *process) Confirmed() bool           { return false }
func (p *process) Now() time.Time            { return p.i.clock.Now() }

func (p *process) SetPosition(_ context.Context, position any) error {
	text, err := json.Marshal(position)
	p.write(func() { p.disk.position = text })
	p.position = text
	return err
}

func (p *process) Records(_ context.Context, chunk int) ([]jobs.Record, error) {
	if p.finished[chunk] {
		return nil, jobs.ErrNoObject
	}
	return slices.Collect(slices.Chunk(p.records, importChunk))[chunk], nil
}

func (p *process) Results(_ context.Context, chunk int) ([]jobs.Result, error) {
	return slices.Clone(p.results[chunk]), nil
}

func (p *process) SetResults(_ context.Context, chunk int, results []jobs.Result) error {
	p.write(func() { p.results[chunk] = slices.Clone(results) })
	return nil
}

func (p *process) Finish(_ context.Context, chunk int) error {
	p.write(func() { p.finished[chunk] = true })
	return nil
}

func (p *process) Stopped(context.Context) (jobs.Stop, error) { return p.stop, nil }

func (p *process) Fail(_ context.Context, err error) error {
	p.write(func() { p.failed = err })
	return nil
}

func (p *process) Intent(_ context.Context, name string, value any) (earlier json.RawMessage, created bool, err error) {
	text, err := json.Marshal(value)
	p.write(func() {
		if earlier, created = p.intents[name], p.intents[name] == nil; created {
			p.intents[name] = text
		}
	})
	return earlier, created, err
}

func (p *process) SetIntent(_ context.Context, name string, value any) error {
	text, err := json.Marshal(value)
	p.write(func() { p.intents[name] = text })
	return err
}

func (p *process) Audit(_ context.Context, change, userID string, err error) {
	outcome := "done"
	if err != nil {
		outcome = problem.From(err).Kind.Code
	}
	p.audits = append(p.audits, strings.Join(strings.Fields(change+" "+userID+" "+outcome), " "))
}

func (p *process) Report(_ context.Context, index int, err error) {
	p.i.t.Errorf("record %d: %v", index, err)
}

func (*process) Key(_ context.Context, text string) (string, error) { return "key of " + text, nil }

var _ jobs.Run = (*process)(nil)

// mortal is a provider whose calls are writes: the process dies before or after the start of an import.
type mortal struct {
	imports.Provider
	p *process
}

func (m mortal) Start(ctx context.Context, im imports.Import) (id string, err error) {
	m.p.write(func() { id, err = m.Provider.Start(ctx, im) })
	return id, err
}

// leg runs one process. died is true if it dies.
func (i *importing) leg(k *disk) (step jobs.Step, died bool) {
	i.t.Helper()
	p := &process{disk: k, i: i, position: k.position}
	defer func() {
		if cause := recover(); cause != nil {
			if _, ok := cause.(death); !ok {
				panic(cause)
			}
			died = true
		}
	}()
	step, err := bulk.Imports(options, mortal{i.provider, p}).Work.Run(i.t.Context(), p)
	if err != nil {
		i.t.Fatal(err)
	}
	return step, false
}

// finish runs processes until the job is done or has failed, and returns how many and how long.
func (i *importing) finish(k *disk) (legs int, took time.Duration) {
	i.t.Helper()
	begun := i.clock.Now()
	for legs < 1000 {
		legs++
		step, died := i.leg(k)
		if k.failed != nil || step.Done {
			return legs, i.clock.Now().Sub(begun)
		}
		if died {
			step.Wait = time.Second // the engine starts another one
		}
		i.clock.Advance(step.Wait)
	}
	i.t.Fatalf("the job does not end: %s", k.position)
	return legs, 0
}

// short returns the results, and checks that they are complete.
func (i *importing) short(k *disk) (all []string) {
	i.t.Helper()
	for _, n := range slices.Sorted(maps.Keys(k.results)) {
		for _, result := range k.results[n] {
			all = append(all, strings.Join(strings.Fields(shortOf(result)+" "+i.nameOf(result.UserID)), " "))
		}
	}
	return all
}

// nameOf returns the part before the @ of the address of a user; "?" if there is no such user.
func (i *importing) nameOf(id string) string {
	i.t.Helper()
	if id == "" {
		return ""
	}
	user, err := i.client.Users().User(i.t.Context(), checked(id))
	if errors.Is(err, nil) {
		name, _, _ := strings.Cut(user.Email, "@")
		return name
	}
	if !problem.Is(err, problem.UserNotFound) {
		i.t.Fatal(err)
	}
	return "?"
}

func lineFor(name string, more ...string) string {
	return fmt.Sprintf(`{%s}`, strings.Join(append([]string{`"email":"` + name + `@example.com"`}, more...), ","))
}
