package jobs_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/seal"
	"usher/internal/secrets"
)

// vault is the versions of the service's secret.
type vault struct {
	mu       sync.Mutex
	versions secrets.Versions
}

func (v *vault) Current(context.Context) (secrets.Credentials, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.versions.Current, nil
}

func (v *vault) Versions(context.Context) (secrets.Versions, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.versions, nil
}

// rotate makes a new secret. The one before the previous one is gone.
func (v *vault) rotate() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.versions.Previous = v.versions.Current
	v.versions.Current.ClientSecret += "'"
}

// world is a deployment of jobs with a fake provider.
type world struct {
	t      *testing.T
	vault  *vault
	store  *memory
	mortal *mortal
	log    *bytes.Buffer

	mu       sync.Mutex
	runs     map[string]jobs.Event // the engine's, by name
	begun    []string              // the names in the order of their starts
	effects  map[string]int        // how often the provider changed each user
	busy     int                   // records at the provider now
	most     int                   // the most at once
	failures map[string]error      // what the provider answers about a user, instead of a change
	measured []string
	limits   limits.Policy
	onRecord func(id string)
	slow     time.Duration // of each change; 0 for 100 ms
	off      bool          // without a store
	size     int           // of each exported user, in bytes
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store := newMemory()
	return &world{
		t: t, store: store, mortal: &mortal{Store: store}, log: &bytes.Buffer{},
		vault: &vault{versions: secrets.Versions{Current: secrets.Credentials{ClientSecret: "one"}}},
		runs:  map[string]jobs.Event{}, effects: map[string]int{}, failures: map[string]error{},
	}
}

// Start is the engine's: it notes the run.
func (w *world) Start(_ context.Context, name, job string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.runs[name]; !known {
		w.runs[name] = jobs.Event{Job: job, Run: strings.TrimPrefix(name, job+"-")}
		w.begun = append(w.begun, name)
	}
	return nil
}

// service returns the service as a new process has it.
func (w *world) service() *jobs.Service {
	backend := jobs.Backend{Store: w.mortal, Engine: w}
	if w.off {
		backend = jobs.Backend{}
	}
	return jobs.New(jobs.Options{
		Backend: backend, Sealer: seal.New(w.vault, time.Now), Retention: 7 * 24 * time.Hour,
		Resume: func(p api.Principal, actor string) (api.Call, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return api.Server{Limits: w.limits, Directory: connections{}}.Resume(p, actor)
		},
		Now: time.Now, Log: w.logger(), Measures: w,
	})
}

// syncWriter writes to the log of a world.
type syncWriter struct{ w *world }

func (s syncWriter) Write(b []byte) (int, error) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return s.w.log.Write(b)
}

func (w *world) logger() *slog.Logger { return httpapi.NewLog(syncWriter{w}, slog.LevelInfo, "test") }

func (w *world) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

func (w *world) measure(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.measured = append(w.measured, text)
}

func (w *world) JobStarted(kind string) { w.measure("started " + kind) }
func (w *world) JobEnded(kind, status string, records map[string]int) {
	w.measure(fmt.Sprint("ended ", kind, " ", status, " ", records))
}
func (w *world) JobLeg(httpapi.Counts) {}

// touch is the provider's change of a user.
func (w *world) touch(ctx context.Context, id string) error {
	w.mu.Lock()
	w.busy++
	w.most = max(w.most, w.busy)
	hook := w.onRecord
	w.mu.Unlock()
	if hook != nil {
		hook(id)
	}
	err := sleep(ctx, cmp.Or(w.slow, 100*time.Millisecond))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy--
	if err == nil {
		err = w.failures[id]
	}
	if err == nil {
		w.effects[id]++
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return problem.ProviderTimeout.Wrap(ctx.Err(), "Late.")
	case <-time.After(d):
		return nil
	}
}

// updates is a kind of one step.
func (w *world) updates() jobs.Definition {
	return jobs.Definition{Kind: jobs.Updates, MaxRecords: 5, Options: options, Check: check, Work: jobs.Each{
		One: func(ctx context.Context, c api.Call, r jobs.Run, record jobs.Record, _ jobs.Result) (jobs.Result, error) {
			id := idIn(record)
			if _, err := c.FrontEnd.CheckUser(ctx, id); err != nil {
				return jobs.Result{UserID: id}, err
			}
			err := w.touch(ctx, id)
			r.Audit(ctx, "user.update", id, err)
			return jobs.Result{Outcome: jobs.RecordSucceeded, UserID: id}, err
		},
	}}
}

// deletions is a kind with a plan.
func (w *world) deletions() jobs.Definition {
	d := w.updates()
	d.Kind = jobs.Deletions
	d.Work = jobs.Each{One: func(ctx context.Context, _ api.Call, r jobs.Run, record jobs.Record, earlier jobs.Result) (jobs.Result, error) {
		id := idIn(record)
		if !r.Confirmed() {
			return jobs.Result{Outcome: jobs.RecordPlanned, UserID: id, Note: json.RawMessage(`"seen"`)}, nil
		}
		if string(earlier.Note) != `"seen"` {
			return jobs.Result{}, errors.New("the note is lost")
		}
		return jobs.Result{Outcome: jobs.RecordSucceeded, UserID: id}, w.touch(ctx, id)
	}}
	return d
}

// exports is a kind without input: three pages of two users.
func (w *world) exports() jobs.Definition {
	return jobs.Definition{Kind: jobs.Exports, NoInput: true, Options: options, Work: pages{w}}
}

type pages struct{ w *world }

func (p pages) Run(ctx context.Context, r jobs.Run) (jobs.Step, error) {
	n := 0
	if at := r.Position(); at != nil {
		if err := json.Unmarshal(at, &n); err != nil {
			return jobs.Step{}, err
		}
	}
	for ; n < 3; n++ {
		if stop, err := r.Stopped(ctx); stop != jobs.GoOn || err != nil {
			return jobs.Step{}, err
		}
		id := fmt.Sprint("page-", n)
		if err := p.w.touch(ctx, id); err != nil {
			return jobs.Step{}, err
		}
		user := json.RawMessage(`{"id":"` + id + strings.Repeat("x", p.w.size) + `"}`)
		page := []jobs.Result{{Index: 2 * n, Outcome: jobs.RecordSucceeded, User: user}, {Index: 2*n + 1, Outcome: jobs.RecordSucceeded, User: user}}
		if err := r.SetResults(ctx, n, page); err != nil {
			return jobs.Step{}, err
		}
		if err := r.SetPosition(ctx, n+1); err != nil {
			return jobs.Step{}, err
		}
	}
	return jobs.Step{Done: true}, nil
}

func options(_ api.Call, values url.Values) (json.RawMessage, error) {
	q := httpapi.QueryOf(values)
	mode := q.OneOf("mode", "a", "b")
	encoded, _ := json.Marshal(mode)
	return encoded, q.Err()
}

func check(_ context.Context, _ api.Call, _ json.RawMessage, line []byte) (jobs.Line, error) {
	var body struct {
		ID  string `json:"id"`
		Ref string `json:"ref"`
	}
	if err := httpapi.DecodeLine(line, &body); err != nil {
		return jobs.Line{}, err
	}
	if body.ID == "" {
		return jobs.Line{Ref: body.Ref}, problem.Invalid("id", "is missing")
	}
	encoded, _ := json.Marshal(body.ID)
	return jobs.Line{Ref: body.Ref, Body: encoded, Same: []string{"id " + body.ID}}, nil
}

func idIn(record jobs.Record) (id string) {
	if err := json.Unmarshal(record.Body, &id); err != nil {
		panic(err)
	}
	return id
}

// handler serves the operations on jobs to the caller that the header Caller names.
func (w *world) handler() http.Handler {
	s := w.service()
	start := func(name, route string, change string, d jobs.Definition, group permission.Name) api.Operation {
		return jobs.StartOperation(s, api.Operation{Name: name, Routes: []string{route}, Change: change, Permissions: []permission.Name{group}}, d)
	}
	server := api.Server{Authenticate: func(r *http.Request) (api.Principal, error) {
		p := api.Principal{Caller: httpapi.Caller{ID: r.Header.Get("Caller")}}
		if scopes := r.Header.Values("Scope"); scopes != nil {
			p.ByToken, p.Scopes = true, scopes
		}
		return p, nil
	}}
	all := server.Handler(
		start("updateusers", "POST /user-updates", "user-updates.start", w.updates(), permission.Bulk),
		start("deleteusers", "POST /user-deletions", "user-deletions.start", w.deletions(), permission.BulkDelete),
		start("exportusers", "POST /user-exports", "user-exports.start", w.exports(), permission.Export),
		jobs.Get(s), jobs.List(s), jobs.ListResults(s), jobs.Confirm(s), jobs.Delete(s),
	)
	return httpapi.Serve(all, httpapi.ServeOptions{Log: w.logger(), Deadline: 8 * time.Second})
}

// answer is a response, with its body decoded.
type answer struct {
	status int
	header http.Header
	text   string
	job    job
}

// job is a job, or a problem, as a client reads it.
type job struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Status any    `json:"status"` // of a job, or of a problem
	Total  *int   `json:"total"`
	Code   string `json:"code"`
	Detail string `json:"detail"`

	Pending, Planned, Succeeded, Failed, Skipped, Unknown int

	Actor   string            `json:"actor"`
	Problem *problem.Document `json:"problem"`
	Jobs    []job             `json:"jobs"`
	Next    string            `json:"next"`
	Results []jobs.Result     `json:"results"`
}

// short is the status of a job with its counts, or the code of a problem.
func (a answer) short() string {
	if a.job.Code != "" {
		return fmt.Sprint(a.status, " ", a.job.Code)
	}
	return fmt.Sprint(a.status, " ", a.job.short())
}

func (j job) short() string {
	text := fmt.Sprint(j.Status)
	for _, count := range []struct {
		name string
		n    int
	}{{"pending", j.Pending}, {"planned", j.Planned}, {"succeeded", j.Succeeded}, {"failed", j.Failed}, {"skipped", j.Skipped}, {"unknown", j.Unknown}} {
		if count.n > 0 {
			text += fmt.Sprint(" ", count.name, "=", count.n)
		}
	}
	return text
}

// send sends a request as the front-end "shop", unless a header says otherwise.
func (w *world) send(method, path, body string, header ...string) answer {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Caller", "shop")
	switch {
	case strings.HasSuffix(path, "/confirmation"):
		r.Header.Set("Content-Type", "application/json")
	case body != "":
		r.Header.Set("Content-Type", jobs.TypeNDJSON)
	}
	for pair := range slices.Chunk(header, 2) {
		r.Header[http.CanonicalHeaderKey(pair[0])] = strings.Split(pair[1], " ")
	}
	out := httptest.NewRecorder()
	w.handler().ServeHTTP(out, r)
	a := answer{status: out.Code, header: out.Header(), text: out.Body.String()}
	if out.Body.Len() > 0 {
		if err := json.Unmarshal(out.Body.Bytes(), &a.job); err != nil {
			w.t.Errorf("%s: %v", a.text, err)
		}
	}
	if j := a.job; j.Total != nil && j.Pending+j.Planned+j.Succeeded+j.Failed+j.Skipped+j.Unknown != *j.Total {
		w.t.Errorf("the counts do not add up: %s", a.text)
	}
	return a
}

// start starts a job and returns its ID.
func (w *world) start(path, body string, header ...string) string {
	w.t.Helper()
	a := w.send("POST", path, body, header...)
	if a.status != http.StatusAccepted {
		w.t.Fatalf("%d %s", a.status, a.text)
	}
	return a.job.ID
}

func (w *world) get(id string) answer { w.t.Helper(); return w.send("GET", "/jobs/"+id, "") }

// results returns the results of a job in short, with pages of two.
func (w *world) results(id, status string) (all []string) {
	w.t.Helper()
	query := "?limit=2"
	if status != "" {
		query += "&status=" + status
	}
	for cursor := ""; ; {
		a := w.send("GET", "/jobs/"+id+"/results"+query+cursor, "")
		if a.status != http.StatusOK {
			w.t.Fatalf("%d %s", a.status, a.text)
		}
		for _, result := range a.job.Results {
			text := fmt.Sprint(result.Index, " ", result.Outcome)
			if result.UserID != "" {
				text += " " + result.UserID
			}
			if result.Ref != "" {
				text += " ref=" + result.Ref
			}
			if result.Problem != nil {
				text += " " + result.Problem.Code
			}
			all = append(all, text)
		}
		if a.job.Next == "" {
			return all
		}
		if len(a.job.Results) == 0 {
			w.t.Error("an empty page has a next one")
		}
		cursor = "&cursor=" + url.QueryEscape(a.job.Next)
	}
}

// worker returns the worker as a new process has it.
func (w *world) worker() *jobs.Worker {
	return w.service().Worker(w.updates(), w.deletions(), w.exports())
}

// leg calls the worker once, with the time of a Lambda function.
func (w *world) leg(event jobs.Event) (jobs.Event, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), 300*time.Second)
	defer cancel()
	return w.worker().Handle(ctx, event)
}

// work runs all runs to their end, as the engine does: it repeats failed calls, in new processes.
func (w *world) work() {
	w.t.Helper()
	for n := 0; ; n++ {
		w.mu.Lock()
		if n >= len(w.begun) {
			w.mu.Unlock()
			return
		}
		name := w.begun[n]
		event := w.runs[name]
		w.mu.Unlock()
		for failures := 0; !event.Done; {
			next, err := w.leg(event)
			if err != nil {
				if !errors.Is(err, jobs.Failure{}) {
					w.t.Fatalf("the engine is told %v", err)
				}
				if failures++; failures > 10 {
					w.t.Fatalf("the worker always fails: %s", w.logged())
				}
				w.mortal.revive()
				time.Sleep(time.Second)
				continue
			}
			event = next
			time.Sleep(time.Duration(event.Wait) * time.Second)
		}
		w.mu.Lock()
		w.runs[name] = event
		w.mu.Unlock()
	}
}

// lines returns records for these users.
func lines(ids ...string) string {
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "{\"id\":%q,\"ref\":\"r-%s\"}\n", id, id)
	}
	return b.String()
}

// many returns n users.
func many(n int) (ids []string) {
	for i := range n {
		ids = append(ids, fmt.Sprint("u", i))
	}
	return ids
}

// changed returns how often the provider changed users, in short: all of them once is "once".
func (w *world) changed(ids []string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if w.effects[id] != 1 {
			return fmt.Sprint(w.effects)
		}
	}
	if len(w.effects) != len(ids) {
		return fmt.Sprint(w.effects)
	}
	return "once"
}
