package bulk_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/bulk"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/jobs/folder"
	"usher/internal/limits/limitstest"
	"usher/internal/seal"
	"usher/internal/secrets"
	"usher/internal/users"
	"usher/test/testkit"
)

// service is the service with its jobs in a folder.
type service struct {
	f       *fixture
	handler http.Handler
	log     *testkit.Buffer
}

func (f *fixture) service() *service {
	f.t.Helper()
	log := &testkit.Buffer{}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{ReplaceAttr: httpapi.LevelName}))
	engine := folder.NewEngine()
	server := api.Server{Authenticate: api.Anonymous, Directory: f.client.Users()}
	s := jobs.New(jobs.Options{
		Backend: jobs.Backend{Store: folder.NewStore(f.t.TempDir()), Engine: engine}, Resume: server.Resume, Retention: 24 * time.Hour,
		Sealer: seal.New(secrets.Static(secrets.Credentials{ClientSecret: "secret"}), time.Now), Now: time.Now, Log: logger,
	})
	dir := f.client.Users()
	engine.Work(s.Worker(bulk.Creations(options, dir), bulk.Updates(dir), bulk.Deletions(dir), bulk.Exports(f.sources())))
	f.t.Cleanup(engine.Close)
	return &service{f: f, log: log, handler: server.Handler(
		bulk.CreateUsers(s, options), bulk.UpdateUsers(s), bulk.DeleteUsers(s), bulk.ExportUsers(s), jobs.Get(s), jobs.ListResults(s), jobs.Confirm(s))}
}

// ask sends a request, and reads the response into out.
func (s *service) ask(method, target, contentType, body string, want int, out any) {
	s.f.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != want {
		s.f.t.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		s.f.t.Fatal(err)
	}
}

type job struct {
	ID, Status                                            string
	Total                                                 *int
	Pending, Planned, Succeeded, Failed, Skipped, Unknown int
}

// start starts a job and waits until it does nothing more.
func (s *service) start(target string, lines ...string) job {
	s.f.t.Helper()
	var j job
	contentType := ""
	if len(lines) > 0 {
		contentType = jobs.TypeNDJSON
	}
	s.ask("POST", target, contentType, strings.Join(lines, "\n"), http.StatusAccepted, &j)
	return s.wait(j.ID)
}

func (s *service) wait(id string) (j job) {
	s.f.t.Helper()
	for j.Status != "succeeded" && j.Status != "planned" {
		if j.Status == "failed" {
			s.f.t.Fatalf("%+v %s", j, s.log)
		}
		time.Sleep(10 * time.Millisecond)
		s.ask("GET", "/jobs/"+id, "", "", http.StatusOK, &j)
	}
	if *j.Total != j.Pending+j.Planned+j.Succeeded+j.Failed+j.Skipped+j.Unknown {
		s.f.t.Errorf("the counts do not add up: %+v", j)
	}
	return j
}

// results returns all results of a job.
func (s *service) results(id string) (all []jobs.Result) {
	s.f.t.Helper()
	for query := "?limit=40"; ; {
		var page struct {
			Results []jobs.Result
			Next    string
		}
		s.ask("GET", "/jobs/"+id+"/results"+query, "", "", http.StatusOK, &page)
		all = append(all, page.Results...)
		if page.Next == "" {
			return all
		}
		query = "?limit=40&cursor=" + url.QueryEscape(page.Next)
	}
}

func (s *service) tally(id string) map[string]int {
	s.f.t.Helper()
	tally := map[string]int{}
	for i, result := range s.results(id) {
		if result.Index != i {
			s.f.t.Errorf("result %d has the index %d", i, result.Index)
		}
		tally[shortOf(result)]++
	}
	return tally
}

// Users are created, updated, exported, and deleted after a confirmation.
func TestTheLifeOfUsersInJobs(t *testing.T) {
	f := start(t)
	s := f.service()
	const password = "Plum-Tree-42"

	var lines []string
	for n := range 90 {
		lines = append(lines, fmt.Sprintf(`{"email":"%s","password":"%s","ref":"%d"}`, emailOf(n), password, n))
	}
	lines = append(lines, `{"email":"invited@example.com","invite":"email"}`, `{"email":"bad"}`, `{"email":"`+emailOf(7)+`"}`)
	created := s.start("/user-creations", lines...)
	want := map[string]int{"succeeded": 91, "failed invalid-request email": 1, "failed duplicate-record": 1}
	if diff := cmp.Diff(want, s.tally(created.ID)); diff != "" {
		t.Fatal(diff)
	}
	if got := len(f.tenant.Outbox()); got != 1 {
		t.Errorf("%d mails", got)
	}
	var ids []string
	for _, result := range s.results(created.ID)[:90] {
		ids = append(ids, result.UserID)
	}

	lines = nil
	for n, id := range ids {
		lines = append(lines, fmt.Sprintf(`{"id":"%s","set":{"nickname":"nick"},"metadata":{"n":%d},"app_metadata":{"team":{"n":%d}}}`, id, n, n))
	}
	updated := s.start("/user-updates", lines...)
	if diff := cmp.Diff(map[string]int{"succeeded": 90}, s.tally(updated.ID)); diff != "" {
		t.Fatal(diff)
	}

	exported := s.start("/user-exports?search=nick")
	if diff := cmp.Diff(map[string]int{"succeeded": 90}, s.tally(exported.ID)); diff != "" {
		t.Fatal(diff)
	}
	for _, result := range s.results(exported.ID) {
		var user users.User
		if err := json.Unmarshal(result.User, &user); err != nil {
			t.Fatal(err)
		}
		var n int
		if _, err := fmt.Sscanf(user.Email, "user-%d@example.com", &n); err != nil {
			t.Fatal(err)
		}
		if user.ID != ids[n] || string(user.Metadata) != fmt.Sprintf(`{"n":%d}`, n) || string(user.AppMetadata) != fmt.Sprintf(`{"team":{"n":%d}}`, n) {
			t.Errorf("%s", result.User)
		}
	}

	lines = nil
	for n := range 30 {
		lines = append(lines, fmt.Sprintf(`{"email":"%s"}`, emailOf(n)))
	}
	planned := s.start("/user-deletions", append(lines, `{"id":"`+ids[0]+`"}`)...)
	if planned.Status != "planned" || planned.Planned != 30 || planned.Failed != 1 {
		t.Fatalf("%+v", planned)
	}
	for n := range 5 {
		patch := users.Patch{Profile: users.Profile{Nickname: ptr("changed")}, Members: map[string]bool{"nickname": true}}
		if _, err := f.client.Users().Update(t.Context(), limitstest.User(ids[n]), patch); err != nil {
			t.Fatal(err)
		}
	}
	for n := 5; n < 8; n++ {
		f.signIn(emailOf(n), password)
	}
	var confirmed job
	s.ask("POST", "/jobs/"+planned.ID+"/confirmation", "application/json", `{"delete":30}`, http.StatusAccepted, &confirmed)
	for confirmed = s.wait(planned.ID); confirmed.Status == "planned"; {
		confirmed = s.wait(planned.ID)
	}
	want = map[string]int{"succeeded": 22, "skipped user-changed": 5, "skipped user-signed-in": 3, "failed duplicate-record": 1}
	if diff := cmp.Diff(want, s.tally(planned.ID)); diff != "" {
		t.Error(diff)
	}
	f.user(ids[0])
	f.user(ids[7])
	f.user(ids[30])
	counts := map[string]int{}
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "level=AUDIT") {
			for _, change := range []string{"user.create", "user.update", "app-metadata.update", "user.delete"} {
				if strings.Contains(line, "change="+change) {
					counts[change]++
				}
			}
		}
	}
	wantCounts := map[string]int{"user.create": 91, "user.update": 90, "app-metadata.update": 90, "user.delete": 22}
	if diff := cmp.Diff(wantCounts, counts); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(s.log.String(), "@example.com") || strings.Contains(s.log.String(), password) {
		t.Error("the log has personal data")
	}
}
