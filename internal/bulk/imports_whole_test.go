package bulk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/bulk"
	"usher/internal/jobs"
	"usher/internal/jobs/folder"
	"usher/internal/seal"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/test/testkit"
)

// handEngine is an engine whose legs a test runs by hand, on the clock of the test.
type handEngine struct{ next jobs.Event }

func (e *handEngine) Start(_ context.Context, name, job string) error {
	e.next = jobs.Event{Job: job, Run: strings.TrimPrefix(name, job+"-")}
	return nil
}

// Five thousand users with their hashes, in a folder: from the request to the sign-in.
func TestFiveThousandImports(t *testing.T) {
	i := startImporting(t, func(s *localtenant.Imports) { s.PerUser = localtenant.Duration(5 * time.Millisecond) })
	engine, log := &handEngine{}, &testkit.Buffer{}
	server := api.Server{Authenticate: api.Anonymous, Directory: i.client.Users()}
	service := jobs.New(jobs.Options{
		Backend:   jobs.Backend{Store: folder.NewStore(t.TempDir()), Engine: engine},
		Sealer:    seal.New(secrets.Static{ClientSecret: "secret"}, i.clock.Now),
		Resume:    server.Resume,
		Retention: 7 * 24 * time.Hour, Now: i.clock.Now, Log: slog.New(slog.NewJSONHandler(log, nil)),
	})
	handler := server.Handler(bulk.ImportUsers(service, options), jobs.Get(service), jobs.ListResults(service))
	send := func(method, path, body string, status int) map[string]any {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", jobs.TypeNDJSON)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		answer := map[string]any{}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != status {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return answer
	}

	bad := map[int]string{
		7: `{"email":"nobody"}`, 500: `{`, 1001: lineFor("user-1"), 1002: lineFor("x", `"password":"canary"`), 2000: lineFor("x", `"password_hash":"canary"`),
		2001: lineFor("x", `"custom_password_hash":{"algorithm":"rot13"}`), 3000: lineFor("x", `"app_metadata":{"usher":{}}`), 3001: `[]`, 4000: lineFor("ada"), 4999: lineFor("alan"),
	}
	lines := make([]string, 5000)
	for n := range lines {
		lines[n] = lineFor(fmt.Sprintf("user-%d", n), bcryptOfHello, fmt.Sprintf(`"ref":"%d"`, n))
		if line, ok := bad[n]; ok {
			lines[n] = line
		}
	}
	job := send(http.MethodPost, "/user-imports", strings.Join(lines, "\n"), http.StatusAccepted)
	path := "/jobs/" + job["id"].(string)
	worker := service.Worker(bulk.Imports(options, i.client.Imports()))
	counts := map[float64]bool{}
	for legs := 0; !engine.next.Done; legs++ {
		var err error
		if engine.next, err = worker.Handle(t.Context(), engine.next); err != nil || legs > 200 {
			t.Fatalf("%v %s", err, log)
		}
		counts[send(http.MethodGet, path, "", http.StatusOK)["succeeded"].(float64)] = true
		i.clock.Advance(time.Duration(engine.next.Wait) * time.Second)
	}
	job = send(http.MethodGet, path, "", http.StatusOK)
	got := fmt.Sprintf("%v, %v, %v, %v, %v", job["status"], job["total"], job["succeeded"], job["failed"], job["unknown"])
	if got != "succeeded, 5000, 4990, 10, 0" || len(counts) < 5 {
		t.Errorf("%s: %v, %v", got, job, counts)
	}
	var failed []string
	page := send(http.MethodGet, path+"/results?status=failed", "", http.StatusOK)
	for _, result := range page["results"].([]any) {
		r := result.(map[string]any)
		failed = append(failed, fmt.Sprintf("%v %v", r["index"], r["problem"].(map[string]any)["code"]))
	}
	wantFailed := []string{"7 invalid-request", "500 invalid-json", "1001 duplicate-record", "1002 invalid-request", "2000 invalid-request",
		"2001 invalid-request", "3000 invalid-request", "3001 invalid-json", "4000 user-exists", "4999 user-exists"}
	if diff := cmp.Diff(wantFailed, failed); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"user-0", "user-4998"} {
		i.signIn(name+"@example.com", "hello")
	}
	if text := log.String(); strings.Contains(text, "example.com") || strings.Contains(text, "canary") || strings.Contains(text, "$2b$") {
		t.Error("the log has personal data")
	}
}
