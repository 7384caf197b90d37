// Package api tests the whole service from outside: real requests to the real
// handlers, the real go-auth0 client below them, and the local tenant at the
// end, over HTTP. Every exchange is held to the contract.
package api

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/jobs"
	"usher/internal/jobs/folder"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/operations"
	"usher/test/contract"
	"usher/test/testkit"
	"usher/test/testkit/credentials"
)

// never is a time for which the service does not wait.
const never = time.Hour

// TestMain lets more tests run at once than there are cores: some wait for a limit or
// for a provider that is silent. A test server that closes also closes the idle connections of
// the default transport, which other tests use; so that method is hidden. Garbage is collected
// rarely: that was a fifth of the processor time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	http.DefaultTransport = struct{ http.RoundTripper }{http.DefaultTransport}
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	m.Run()
}

// The service's address in these tests. Nothing listens there: the transport
// takes the requests to where the way says.
const base = "http://127.0.0.1:3000"

// service is a running service and what is around it.
type service struct {
	t        *testing.T
	way      way
	tenant   *tenanttest.Server
	client   *http.Client
	log      *testkit.Buffer
	setup    setup
	serial   *atomic.Int64 // for what has to differ between requests
	jobs     *folder.Store // of all containers
	engine   *parked
	canaries *canaries // what no log may hold
	hurried  bool      // each request has a second, and no more
}

// before is the service, ready for a fault: one that answers nothing is not waited for.
// Whatever it is that comes too late then, the answer is the same.
func (s *service) before(f localtenant.Fault) *service {
	ready := *s
	ready.hurried = f.Kind == localtenant.FaultHang
	return &ready
}

// setup is what a test may change before the service starts.
type setup struct {
	config      config.Config
	credentials boot.Credentials
	now         func() time.Time
	tenant      []func(*localtenant.Options)
}

// eachWay runs the test over every way to reach the operations.
func eachWay(t *testing.T, test func(*testing.T, *service), changes ...func(*setup)) {
	t.Helper()
	over(t, everyWay(), test, changes...)
}

// asDeployed runs the test over the way that is deployed alone: for what lies behind the
// handler, which each way meets alike. That each way meets every operation is what the
// checks of all operations are for.
func asDeployed(t *testing.T, test func(*testing.T, *service), changes ...func(*setup)) {
	t.Helper()
	over(t, []way{deployed}, test, changes...)
}

func over(t *testing.T, those []way, test func(*testing.T, *service), changes ...func(*setup)) {
	t.Helper()
	for _, w := range those {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, w, changes...))
		})
	}
}

func start(t *testing.T, w way, changes ...func(*setup)) *service {
	t.Helper()
	s := setup{
		config: config.Config{
			Connection:     localtenant.Connection,
			RedirectURIs:   []string{base + "/callback", "http://localhost:3000/callback", "https://app.example.com/callback"},
			LogoutURIs:     []string{base + "/", "http://localhost:3000/", "https://app.example.com/bye?from=app"},
			ResultURLs:     []string{"https://app.example.com/done"},
			Scopes:         strings.Fields(config.DefaultScopes),
			Binding:        config.BindingCookie,
			Deadline:       testkit.Patience,
			Backoff:        time.Millisecond,
			ConnectionsAge: time.Nanosecond, // tests change them
		},
		now:    time.Now,
		tenant: []func(*localtenant.Options){func(o *localtenant.Options) { o.Callbacks = []string{"https://app.example.com/callback"} }},
	}
	for _, change := range changes {
		change(&s)
	}
	s.tenant = append(s.tenant, func(o *localtenant.Options) { o.Quirks = *quirks })
	tenant := tenanttest.Start(t, s.tenant...)
	if s.credentials == nil {
		s.credentials = credentials.Of(t, tenant.URL)
	}
	if *rough {
		s.config.Retries = 1000 // the tenant fails more often than the usual budget allows
		roughen(t, tenant.Tenant)
	}
	return (&service{tenant: tenant, setup: s, serial: &atomic.Int64{}, jobs: folder.NewStore(t.TempDir())}).container(t, w)
}

// container is the service once more, before the same tenant, as another
// process that has done nothing yet.
func (s *service) container(t *testing.T, w way) *service {
	t.Helper()
	if s.canaries == nil {
		s.canaries = &canaries{}
		s.tenant.Watch(s.canaries.readProvider)
	}
	log := &testkit.Buffer{}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	engine := &parked{}
	functions := boot.New(s.setup.config, s.setup.credentials, logger, s.setup.now).WithJobs(jobs.Backend{Store: s.jobs, Engine: engine})
	engine.worker = functions.Jobs().Worker(operations.Jobs(functions)...)
	transport := w.start(t, functions, logger)
	t.Cleanup(func() {
		for _, fault := range faultsOfLog(log.String(), s.canaries) {
			t.Error(fault)
		}
	})
	watched := &watcher{t: t, next: transport, canaries: s.canaries}
	return &service{
		t:        t,
		way:      w,
		tenant:   s.tenant,
		client:   &http.Client{Transport: contract.Load(t).Transport(t, watched), CheckRedirect: stay},
		log:      log,
		setup:    s.setup,
		serial:   s.serial,
		jobs:     s.jobs,
		engine:   engine,
		canaries: s.canaries,
	}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		t.Fatalf("%s is not a JSON object: %v", a.body, err)
	}
	return out
}

func (a answer) code(t *testing.T) string {
	t.Helper()
	code, _ := a.json(t)["code"].(string)
	return code
}

// call sends a request with a JSON body, or none.
func (s *service) call(method, target, body string, headers ...string) answer {
	s.t.Helper()
	return s.as(s.t, method, target, body, headers...)
}

// as is call for a subtest.
func (s *service) as(t *testing.T, method, target, body string, headers ...string) answer {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, base+target, content)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", typeOf(target))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.send(t, r)
}

// send sends a request that may need more than a JSON body.
func (s *service) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	if *rough && r.Method == http.MethodGet && r.URL.Path == "/users" {
		s.tenant.Tenant.Advance(indexLag) // as one does who waits for the index
	}
	if s.hurried {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		r = r.WithContext(ctx)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: read}
}

func (s *service) want(got answer, status int, code string) {
	s.t.Helper()
	wantAnswer(s.t, got, status, code)
}

func wantAnswer(t *testing.T, got answer, status int, code string) {
	t.Helper()
	if got.status != status {
		t.Fatalf("status %d, want %d: %s", got.status, status, got.body)
	}
	if code != "" && got.code(t) != code {
		t.Fatalf("code %q, want %q", got.code(t), code)
	}
}

// addUser puts a user into the tenant, as one who has been there for long.
func (s *service) addUser(u localtenant.User) string {
	s.t.Helper()
	id, err := s.tenant.Tenant.AddUser(u)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func empty(o *localtenant.Options) { o.Empty = true }

func emptyTenant(s *setup) { s.tenant = append(s.tenant, empty) }
