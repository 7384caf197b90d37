package boot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/config"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/jobs/folder"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

func TestWorkerWithAnInvalidConfiguration(t *testing.T) {
	var log bytes.Buffer
	handle := OnJob(config.Config{}, errors.New("SECRET_ID is missing"), slog.New(slog.NewJSONHandler(&log, nil)), &log, func(*Service) *jobs.Worker {
		t.Error("the worker was made")
		return nil
	})
	answer, err := handle(t.Context(), jobs.Event{Job: "x"})
	if !errors.Is(err, jobs.Failure{}) || answer != (jobs.Event{}) || !strings.Contains(log.String(), "SECRET_ID is missing") {
		t.Errorf("%+v, %v, %s", answer, err, &log)
	}
}

// The worker of a function reads the function's secret, and writes metrics and its log.
func TestWorkerOfAFunction(t *testing.T) {
	tenant := tenanttest.Start(t)
	startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
	cfg := configured()
	cfg.MetricsService = "usher"
	var out bytes.Buffer
	var service *Service
	starts := &noted{}
	handle := OnJob(cfg, nil, httpapi.NewLog(&out, slog.LevelInfo, "runjob"), &out, func(s *Service) *jobs.Worker {
		service = s.WithJobs(jobs.Backend{Store: folder.NewStore(t.TempDir()), Engine: starts})
		return service.Jobs().Worker(jobs.Definition{Kind: jobs.Exports, NoInput: true, Work: nothing{}})
	})
	op := jobs.StartOperation(service.Jobs(), Operation{Name: "x", Routes: []string{"POST /x"}, Permissions: getUser(service).Permissions}, jobs.Definition{Kind: jobs.Exports, NoInput: true, Options: noOptions})
	w := httptest.NewRecorder()
	service.Handler(httpapi.ServeOptions{Log: slog.New(slog.DiscardHandler)}, api.Anonymous, op).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/x", nil))
	if w.Code != http.StatusAccepted {
		t.Fatal(w.Body)
	}
	answer, err := handle(t.Context(), starts.event)
	if err != nil || !answer.Done {
		t.Fatal(answer, err)
	}
	for _, want := range []string{`"msg":"job"`, `"function":"runjob"`, `"JobsStarted":1`, `"JobsEnded":1`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s: %s", want, &out)
		}
	}
}

// noted is an engine that notes a start.
type noted struct{ event jobs.Event }

func (n *noted) Start(_ context.Context, name, job string) error {
	n.event = jobs.Event{Job: job, Run: strings.TrimPrefix(name, job+"-")}
	return nil
}

// nothing is work without records.
type nothing struct{}

func (nothing) Run(context.Context, jobs.Run) (jobs.Step, error) { return jobs.Step{Done: true}, nil }

func noOptions(api.Call, url.Values) (json.RawMessage, error) { return nil, nil }

// The service keeps its own copy without a backend, and resumes calls under the configured limits.
func TestServiceWithJobs(t *testing.T) {
	cfg := configured()
	policy, err := limits.Parse(`{"unlisted":"refuse","front_ends":[]}`, cfg.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Limits = policy
	service := New(cfg, secrets.Static{}, slog.New(slog.DiscardHandler), time.Now)
	if service.WithJobs(jobs.Backend{Engine: &noted{}}); service.backend.Engine != nil {
		t.Error("WithJobs changed the service")
	}
	if _, err := service.server().Resume(api.Principal{Caller: httpapi.Caller{ID: "c"}}, ""); !problem.Is(err, problem.OutsideFrontEndsLimits) {
		t.Error(err)
	}
	if got := service.JobsConfig(); got != cfg.Jobs {
		t.Errorf("%+v", got)
	}
}
