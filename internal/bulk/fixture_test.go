package bulk_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/auth0"
	"usher/internal/bulk"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/limits"
	"usher/internal/limits/limitstest"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/users"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/testkit"
)

// fixture is a tenant, a client for it, and the caller of its jobs.
type fixture struct {
	t      *testing.T
	tenant *localtenant.Tenant
	client *auth0.Client
	caller api.Call
}

func start(t *testing.T) *fixture {
	t.Helper()
	s := tenanttest.Start(t)
	credentials := secrets.Static(secrets.Credentials{
		Domain: s.URL, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret,
		ManagementClientID: localtenant.ClientID, ManagementClientSecret: localtenant.ClientSecret,
	})
	client := auth0.New(auth0.Options{Credentials: credentials, Now: time.Now, Deadline: testkit.Patience, Backoff: time.Millisecond})
	f := &fixture{t: t, tenant: s.Tenant, client: client}
	f.callAs(api.Principal{}, "")
	if err := s.Tenant.Configure(func(set *localtenant.Settings) { set.IndexLag = 0 }); err != nil {
		t.Fatal(err)
	}
	return f
}

// callAs changes the caller. document has the limits of front-ends; "" for none.
func (f *fixture) callAs(p api.Principal, document string) {
	f.t.Helper()
	var policy limits.Policy
	if document != "" {
		var err error
		if policy, err = limits.Parse(document, limits.Deployment{}); err != nil {
			f.t.Fatal(err)
		}
	}
	call, err := api.Server{Limits: policy, Directory: f.client.Users()}.Resume(p, "")
	if err != nil {
		f.t.Fatal(err)
	}
	f.caller = call
}

// shop is a front-end with limits.
var shop = api.Principal{Caller: httpapi.Caller{ID: "shop-client"}}

func limited(members string) string {
	return `{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"shop-client",` + members + `}]}`
}

func withScopes(scopes ...string) api.Principal {
	return api.Principal{Caller: httpapi.Caller{ID: "token-client"}, ByToken: true, Scopes: scopes}
}

// addUser adds a user to the tenant and returns the ID.
func (f *fixture) addUser(u localtenant.User) string {
	f.t.Helper()
	id, err := f.tenant.AddUser(u)
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *fixture) user(id string) users.User {
	f.t.Helper()
	user, err := f.client.Users().User(f.t.Context(), limitstest.User(id))
	if err != nil {
		f.t.Fatal(err)
	}
	return user
}

// calls runs a function and returns the calls to the Management API in it, by route.
func (f *fixture) calls(do func()) map[string]int {
	f.t.Helper()
	if _, err := f.client.Users().ByEmail(f.t.Context(), "nobody@example.com"); err != nil { // fetches the token
		f.t.Fatal(err)
	}
	f.tenant.ResetStats()
	do()
	return f.tenant.Stats().Routes
}

// line is the check of one line at the start of a job.
func (f *fixture) line(d jobs.Definition, text string) (jobs.Line, error) {
	return d.Check(f.t.Context(), f.caller, nil, []byte(text))
}

// run is a job in memory. It stores what its kind stores, and can be repeated.
type run struct {
	f         *fixture
	manifest  jobs.Manifest
	confirmed bool
	records   []jobs.Record
	steps     int       // until the stop; 0 for none
	stop      jobs.Stop // "" for the end of the time

	looks    atomic.Int64
	mu       sync.Mutex
	position json.RawMessage
	results  map[int][]jobs.Result
	finished map[int]bool // the chunks without input
	audits   []string
	writes   int  // so far
	dies     int  // at this write; 0 for never
	after    bool // whether that write is made
}

var errDead = errors.New("the process is dead")

// write makes a write, unless the process dies before.
func (r *run) write(do func()) error {
	r.writes++
	if r.writes != r.dies {
		do()
		return nil
	}
	if r.after {
		do()
	}
	return errDead
}

// newRun starts a job with these lines, all of which must be valid.
func (f *fixture) newRun(d jobs.Definition, query string, lines ...string) *run {
	f.t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		f.t.Fatal(err)
	}
	options, err := d.Options(f.caller, values)
	if err != nil {
		f.t.Fatal(err)
	}
	r := &run{f: f}
	r.forget()
	r.manifest = jobs.Manifest{ID: "job", RequestID: "request", Options: options, Created: time.Now().UTC()}
	for i, text := range lines {
		line, err := f.line(d, text)
		if err != nil {
			f.t.Fatalf("%s: %v", text, err)
		}
		r.records = append(r.records, jobs.Record{Index: i, Ref: line.Ref, Body: line.Body})
	}
	for chunk := range slices.Chunk(r.records, chunkSize) {
		r.manifest.Chunks = append(r.manifest.Chunks, jobs.Chunk{Records: len(chunk)})
	}
	return r
}

const chunkSize = 3

func (r *run) Manifest() jobs.Manifest   { return r.manifest }
func (r *run) Call() (api.Call, error)   { return r.f.caller, nil }
func (r *run) Position() json.RawMessage { return r.position }
func (r *run) Confirmed() bool           { return r.confirmed }

// Now jumps, so that no test waits.
func (r *run) Now() time.Time { return time.Now().Add(time.Duration(r.looks.Add(1)) * time.Minute) }

func (r *run) Finish(_ context.Context, chunk int) error {
	return r.write(func() { r.finished[chunk] = true })
}

func (r *run) SetPosition(_ context.Context, position any) error {
	text, err := json.Marshal(position)
	if err != nil {
		return err
	}
	return r.write(func() { r.position = text })
}

func (r *run) Records(_ context.Context, chunk int) ([]jobs.Record, error) {
	if r.finished[chunk] {
		return nil, jobs.ErrNoObject
	}
	return slices.Collect(slices.Chunk(r.records, chunkSize))[chunk], nil
}

func (r *run) Results(_ context.Context, chunk int) ([]jobs.Result, error) {
	return slices.Clone(r.results[chunk]), nil
}

func (r *run) SetResults(_ context.Context, chunk int, results []jobs.Result) error {
	return r.write(func() { r.results[chunk] = slices.Clone(results) })
}

func (r *run) Stopped(context.Context) (jobs.Stop, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.steps--; r.steps == 0 {
		return cmp.Or(r.stop, jobs.OnTimeOver), nil
	}
	return jobs.GoOn, nil
}

func (*run) Fail(_ context.Context, err error) error { return err }

func (*run) Intent(context.Context, string, any) (json.RawMessage, bool, error) {
	return nil, false, errors.New("not used by these kinds")
}

func (*run) SetIntent(context.Context, string, any) error {
	return errors.New("not used by these kinds")
}

func (r *run) Report(_ context.Context, index int, err error) {
	r.f.t.Errorf("record %d: %v", index, err)
}

func (r *run) Audit(_ context.Context, change, userID string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	outcome := "done"
	if err != nil {
		outcome = problem.From(err).Kind.Code
	}
	r.audits = append(r.audits, change+" "+userID+" "+outcome)
}

func (*run) Key(_ context.Context, text string) (string, error) { return "key of " + text, nil }

// work runs the job to its end, from the start of a run.
func (r *run) work(d jobs.Definition) {
	r.f.t.Helper()
	r.position = nil
	step, err := d.Work.Run(r.f.t.Context(), r)
	for errors.Is(err, errDead) {
		step, err = d.Work.Run(r.f.t.Context(), r)
	}
	if err != nil || !step.Done {
		r.f.t.Fatalf("%+v, %v", step, err)
	}
	slices.Sort(r.audits)
}

// forget takes the job back to its start, as a crash before the first write does.
func (r *run) forget() {
	r.position, r.results, r.finished = nil, map[int][]jobs.Result{}, map[int]bool{}
}

// all returns the results of all chunks.
func (r *run) all() (all []jobs.Result) {
	for _, chunk := range slices.Sorted(maps.Keys(r.results)) {
		all = append(all, r.results[chunk]...)
	}
	return all
}

// short returns each result in short: the outcome, and the code of the problem with its fields.
func (r *run) short() (all []string) {
	for _, result := range r.all() {
		all = append(all, shortOf(result))
	}
	return all
}

func shortOf(result jobs.Result) string {
	text := string(result.Outcome)
	if p := result.Problem; p != nil {
		text += " " + p.Code
		for _, field := range p.Errors {
			text += " " + field.Field
		}
	}
	return text
}

// fault returns a problem in short: the code, the rule and the fields.
func fault(err error) string {
	if err == nil {
		return ""
	}
	p := problem.From(err)
	text := strings.TrimSpace(p.Kind.Code + " " + p.Rule)
	for _, field := range p.Fields {
		text += " " + field.Field
	}
	return text
}

// signIn signs a user of the default connection in with a password, in the tenant's pages.
func (f *fixture) signIn(email, password string) {
	f.t.Helper()
	query := url.Values{"client_id": {localtenant.ClientID}, "response_type": {"code"}, "scope": {"openid"},
		"redirect_uri": {"http://localhost:3000/callback"}, "state": {"state"}}
	location, method, form := "/authorize?"+query.Encode(), http.MethodGet, ""
	cookies := http.Header{}
	for range 8 {
		if strings.HasPrefix(location, "http://localhost:3000/callback") {
			return
		}
		r := httptest.NewRequest(method, location, bytes.NewReader([]byte(form)))
		maps.Copy(r.Header, cookies)
		if form != "" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		w := httptest.NewRecorder()
		f.tenant.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			cookies.Add("Cookie", c.Name+"="+c.Value)
		}
		if w.Code == http.StatusOK {
			at, err := url.Parse(location)
			if err != nil {
				f.t.Fatal(err)
			}
			form = url.Values{"state": {at.Query().Get("state")}, "username": {email}, "password": {password}}.Encode()
			method = http.MethodPost
			continue
		}
		location, method, form = w.Header().Get("Location"), http.MethodGet, ""
	}
	f.t.Fatalf("%s cannot sign in: %s", email, location)
}

func emailOf(n int) string { return fmt.Sprintf("user-%d@example.com", n) }

func ptr[T any](v T) *T { return &v }

var options = users.CreateOptions{Connection: localtenant.Connection, ResultURLs: []string{"https://app.example/welcome"}}

var _ jobs.Run = (*run)(nil)

var _ bulk.DeletionDirectory = auth0.Users{}
