package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"usher/internal/jobs"
	"usher/localtenant"
)

// parked is an engine that begins the runs of jobs when a test says so: test/jobs tests how jobs run.
type parked struct {
	mu     sync.Mutex
	runs   []jobs.Event
	worker *jobs.Worker
}

// Start implements jobs.Engine.
func (p *parked) Start(_ context.Context, name, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs = append(p.runs, jobs.Event{Job: id, Run: strings.TrimPrefix(name, id+"-")})
	return nil
}

// work carries out the jobs that were started here. It fails if a record fails.
func (s *service) work(t *testing.T) {
	t.Helper()
	s.engine.mu.Lock()
	runs := s.engine.runs
	s.engine.runs = nil
	s.engine.mu.Unlock()
	for _, event := range runs {
		for !event.Done {
			next, err := s.engine.worker.Handle(t.Context(), event)
			if err != nil {
				t.Fatal(err)
			}
			event = next
		}
		if event.Failed+event.Skipped+event.Unknown > 0 {
			t.Errorf("the job ended with %+v: %s", event, s.as(t, "GET", "/jobs/"+event.Job+"/results", "").body)
		}
	}
}

// freePlaces lets all front-ends start jobs, however many have not ended.
func (s *service) freePlaces(t *testing.T) {
	t.Helper()
	keys, err := s.jobs.List(t.Context(), "places/", "", 1000)
	for _, key := range keys {
		err = errors.Join(err, s.jobs.Delete(t.Context(), key))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// startsJob reports whether requests to a target have the records of a job.
func startsJob(target string) bool {
	return strings.HasPrefix(target, "/user-") && !strings.HasPrefix(target, "/user-roles/")
}

// typeOf returns the media type of a body.
func typeOf(target string) string {
	if startsJob(target) {
		return "application/x-ndjson"
	}
	return "application/json"
}

// records are the body of a job: one record about a fresh user.
func records(target, format string) func(*testing.T, *service) (string, string, []string) {
	return func(_ *testing.T, s *service) (string, string, []string) {
		n := s.serial.Add(1)
		id := s.addUser(localtenant.User{Email: fmt.Sprintf("record%d@example.com", n)})
		return target, fmt.Sprintf(format, id), nil
	}
}

// ofJob is a request about a deletion that is planned.
func ofJob(suffix, body string) func(*testing.T, *service) (string, string, []string) {
	return func(t *testing.T, s *service) (string, string, []string) {
		target, lines, _ := records("/user-deletions", `{"id":%q}`)(t, s)
		var j struct{ ID string }
		got := s.as(t, "POST", target, lines)
		if err := json.Unmarshal(got.body, &j); err != nil || j.ID == "" {
			t.Fatalf("%s: %v", got.body, err)
		}
		s.work(t)
		return "/jobs/" + j.ID + suffix, body, nil
	}
}

var costsOfJobs = []cost{
	{"createusers", "", 0, fresh("/user-creations", `{"email":%q,"invite":"link"}`)},
	{"importusers", "", 0, fresh("/user-imports", `{"email":%q}`)},
	{"updateusers", "", 0, records("/user-updates", `{"id":%q,"set":{"name":"N"},"metadata":{"a":{"b":1}},"blocked":true}`)},
	{"deleteusers", "", 0, records("/user-deletions", `{"id":%q}`)},
	{"exportusers", "", 0, request("/user-exports", "")},
	{"exportusers", "of one user", 0, func(t *testing.T, s *service) (string, string, []string) {
		id := s.addUser(localtenant.User{Email: s.freshEmail()})
		return "/user-exports?user_id=" + url.QueryEscape(id), "", nil
	}},
	{"listjobs", "", 0, request("/jobs", "")},
	{"getjob", "", 0, ofJob("", "")},
	{"listjobresults", "", 0, ofJob("/results", "")},
	{"confirmjob", "", 0, ofJob("/confirmation", `{"delete":1}`)},
	{"deletejob", "", 0, ofJob("", "")},
}

// The number of a confirmation is a whole number in any notation of JSON.
func TestNumbersOfConfirmations(t *testing.T) {
	asDeployed(t, func(t *testing.T, s *service) {
		target := "/jobs/" + strings.Repeat("0", 40) + "/confirmation"
		for _, good := range []string{"0", "12", "12.0", "1.2e1"} {
			wantAnswer(t, s.as(t, "POST", target, `{"delete":`+good+`}`), 404, "job-not-found")
		}
		for _, bad := range []string{"-1", "1.5", `"1"`, "true", "null", "1e400"} {
			wantAnswer(t, s.as(t, "POST", target, `{"delete":`+bad+`}`), 400, "invalid-request")
		}
		wantAnswer(t, s.as(t, "POST", target, `{}`), 400, "invalid-request")
	})
}
