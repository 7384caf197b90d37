// Package jobs tests the jobs from outside: requests over HTTP to the service as the local server wires it,
// with the real go-auth0 client, a folder for the jobs, and the local tenant. Every exchange is held to the
// contract.
package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/jobs/folder"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/operations"
	"usher/test/contract"
	"usher/test/testkit"
	"usher/test/testkit/credentials"
	"usher/test/testkit/traffic"
)

// world is a running service before an empty tenant.
type world struct {
	url     string
	client  *http.Client
	tenant  *tenanttest.Server
	admin   *traffic.Admin
	dir     string // the folder of the jobs
	clock   *clock
	store   *folder.Store // nil for that of the local server, and so is engine
	engine  *engine
	config  config.Config
	log     *slog.Logger
	service *boot.Service
}

// clock is the service's: the real time, and what a test has added.
type clock struct{ *testkit.Clock }

func newClock() *clock { return &clock{testkit.NewClock(time.Time{})} }

func (c *clock) now() time.Time { return time.Now().Add(c.Now().Sub(time.Time{})) }

// start starts a service whose jobs run as in the local server.
func start(t *testing.T) *world {
	t.Helper()
	w := prepare(t)
	service, stop := operations.WithJobs(w.service, w.dir)
	t.Cleanup(stop)
	w.serve(t, service)
	return w
}

func prepare(t *testing.T) *world {
	t.Helper()
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Empty = true })
	admin, err := traffic.NewAdmin(tenant.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		tenant: tenant, admin: admin, dir: t.TempDir(), clock: newClock(),
		config: config.Config{
			Connection:   localtenant.Connection,
			RedirectURIs: []string{"http://127.0.0.1:3000/callback"},
			Scopes:       strings.Fields(config.DefaultScopes),
			Binding:      config.BindingCookie,
			Deadline:     testkit.Patience,
			Backoff:      time.Millisecond,
		},
		log: slog.New(slog.NewTextHandler(withoutAudit{t.Output()}, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	w.service = w.boot(t, w.config)
	return w
}

// withoutAudit drops the audit lines, of which each changed user has one.
type withoutAudit struct{ out io.Writer }

func (w withoutAudit) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(" msg=audit ")) {
		return len(line), nil
	}
	return w.out.Write(line)
}

func (w *world) boot(t *testing.T, cfg config.Config) *boot.Service {
	t.Helper()
	return boot.New(cfg, credentials.Of(t, w.tenant.URL), w.log, w.clock.now)
}

func (w *world) serve(t *testing.T, service *boot.Service) {
	t.Helper()
	server := httptest.NewServer(service.Handler(httpapi.ServeOptions{Log: w.log}, authenticate, operations.All(service)...))
	t.Cleanup(server.Close)
	w.url = server.URL
	w.client = &http.Client{
		Transport:     contract.Load(t).Transport(t, server.Client().Transport),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

const (
	frontEndHeader = "Test-Front-End"
	scopesHeader   = "Test-Scopes"
)

// authenticate takes the caller from the request's headers, in place of the gateway: a role by IAM, or with
// scopes a client by token.
func authenticate(r *http.Request) (api.Principal, error) {
	name := r.Header.Get(frontEndHeader)
	if name == "" {
		name = "shop"
	}
	if scopes, byToken := r.Header[scopesHeader]; byToken {
		return api.Principal{Caller: httpapi.Caller{ID: name}, ByToken: true, Scopes: strings.Fields(strings.Join(scopes, " "))}, nil
	}
	return api.Principal{Caller: httpapi.Caller{
		Account: "123456789012", ID: "arn:aws:sts::123456789012:assumed-role/" + name + "/session",
	}}, nil
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) into(t *testing.T, out any) {
	t.Helper()
	if err := json.Unmarshal(a.body, out); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
}

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p) // "" for what is no problem
	return p.Code
}

// send sends a request. It may be called by other goroutines than the test's.
func (w *world) send(method, target, contentType, body string, headers ...string) (answer, error) {
	r, err := http.NewRequest(method, w.url+target, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body == "" {
		r.Body, r.GetBody, r.ContentLength = nil, nil, 0
	} else {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, read}, err
}

// call sends a request with a JSON body, or with none.
func (w *world) call(t *testing.T, method, target, body string, headers ...string) answer {
	t.Helper()
	got, err := w.send(method, target, "application/json", body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// post starts a job.
func (w *world) post(t *testing.T, target, records string, headers ...string) answer {
	t.Helper()
	got, err := w.send(http.MethodPost, target, "application/x-ndjson", records, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func want(t *testing.T, got answer, status int, code string) answer {
	t.Helper()
	if got.status != status || got.code() != code {
		t.Fatalf("status %d %q, want %d %q: %s", got.status, got.code(), status, code, got.body)
	}
	return got
}

// counts are the numbers of records by status.
type counts struct{ Pending, Planned, Succeeded, Failed, Skipped, Unknown int }

func (c counts) sum() int {
	return c.Pending + c.Planned + c.Succeeded + c.Failed + c.Skipped + c.Unknown
}

// job is a job as in responses.
type job struct {
	ID, Kind, Status string
	Total            *int
	counts
	Problem *struct{ Code string }
}

// begin starts a job and returns it.
func (w *world) begin(t *testing.T, target, records string, headers ...string) job {
	t.Helper()
	var j job
	want(t, w.post(t, target, records, headers...), http.StatusAccepted, "").into(t, &j)
	return j
}

func (w *world) job(t *testing.T, id string, headers ...string) job {
	t.Helper()
	var j job
	want(t, w.call(t, http.MethodGet, "/jobs/"+id, "", headers...), http.StatusOK, "").into(t, &j)
	if j.Total != nil && j.sum() != *j.Total {
		t.Fatalf("the counts %+v do not add up to %d", j.counts, *j.Total)
	}
	return j
}

// await waits until the job has a status, and tells each state to seen, unless that is nil.
func (w *world) await(t *testing.T, id string, seen func(job), statuses ...string) job {
	t.Helper()
	for deadline := time.Now().Add(testkit.Patience); ; time.Sleep(20 * time.Millisecond) {
		j := w.job(t, id)
		if seen != nil {
			seen(j)
		}
		for _, status := range statuses {
			if j.Status == status {
				return j
			}
		}
		if j.Status == "failed" || time.Now().After(deadline) {
			t.Fatalf("the job is %+v, and not %v", j, statuses)
		}
	}
}

// result is a result as in responses.
type result struct {
	Index      int
	Ref        string
	Status     string
	UserID     string `json:"user_id"`
	User       *exported
	Invitation *struct{ URL string }
	Problem    *struct {
		Code   string
		Rule   string
		Errors []struct{ Field string }
	}
}

// exported is a user in an export.
type exported struct {
	ID          string
	Email       string
	Name        string
	Blocked     bool
	Metadata    map[string]any
	AppMetadata map[string]any `json:"app_metadata"`
}

func (r result) code() string {
	if r.Problem == nil {
		return ""
	}
	return r.Problem.Code
}

// results returns all results with a status; "" for any.
func (w *world) results(t *testing.T, id, status string, headers ...string) []result {
	t.Helper()
	query := url.Values{"limit": {"1000"}}
	if status != "" {
		query.Set("status", status)
	}
	var all []result
	for {
		var page struct {
			Results []result
			Next    string
		}
		want(t, w.call(t, http.MethodGet, "/jobs/"+id+"/results?"+query.Encode(), "", headers...), http.StatusOK, "").into(t, &page)
		all = append(all, page.Results...)
		if page.Next == "" {
			return all
		}
		query.Set("cursor", page.Next)
	}
}

// signIn signs a user in with the sample password, and reports whether it was accepted.
func (w *world) signIn(t *testing.T, email string) bool {
	t.Helper()
	begun := w.call(t, http.MethodGet, "/login", "")
	in, err := w.admin.SignIn(traffic.Answer{Status: begun.status, Header: begun.header}, email)
	if err != nil {
		return false
	}
	return w.call(t, http.MethodGet, in.Target, "", "Cookie", in.Cookie).status == http.StatusOK
}

// lines makes a body of n records.
func lines(n int, record func(i int) string) string {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintln(&b, record(i))
	}
	return b.String()
}
