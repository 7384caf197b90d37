package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"usher/bench/internal/load"
)

// recordsOfJob is the number of updates of each job: the most that one job can have.
const recordsOfJob = 10_000

// reportJobs measures urgent requests and changes while jobs of updates run, and cancels the jobs at the end.
func reportJobs(ctx context.Context, o options) error {
	s, err := startServer(ctx, o.plan)
	if err != nil {
		return err
	}
	defer s.close()
	fmt.Printf("%s, %v, %d jobs of %d updates\n\n", o.plan, o.lasts, o.jobs, recordsOfJob)
	var ids []string
	for i := range o.jobs {
		id, err := s.startJob(ctx, i)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	s.measure(ctx, o.lasts)
	fmt.Println("| class | requests | succeed | p99 | 429 provider-budget | 429 others | other problems |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	for _, class := range []string{"urgent", "change"} {
		fmt.Printf("| %s | %s |\n", class, s.tallies[class])
	}
	fmt.Println()
	for i, id := range ids {
		before, err := s.job(ctx, http.MethodGet, id)
		if err != nil {
			return err
		}
		if _, err := s.job(ctx, http.MethodDelete, id); err != nil {
			return err
		}
		after, err := s.ended(ctx, id)
		if err != nil {
			return err
		}
		fmt.Printf("job %d: %d succeeded and %d failed in %v, then %s with %d skipped\n", i+1, before.Succeeded, before.Failed, o.lasts, after.Status, after.Skipped)
		if before.Status != "running" || after.Status != "cancelled" || after.Skipped == 0 {
			return fmt.Errorf("job %d was %s, and is %s", i+1, before.Status, after.Status)
		}
	}
	return nil
}

// server is a process of the local server, and what the classes got.
type server struct {
	process *exec.Cmd
	folder  string
	url     string
	tallies map[string]*tally
}

// startServer starts the local server with the users of the jobs.
func startServer(ctx context.Context, plan string) (*server, error) {
	folder, err := os.MkdirTemp("", "usher-fair-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	s := &server{folder: folder, tallies: map[string]*tally{"urgent": {}, "change": {}}}
	var users bytes.Buffer
	for i := range recordsOfJob {
		fmt.Fprintf(&users, "{\"user_id\":%q,\"email\":\"user%d@example.com\"}\n", fmt.Sprintf("%024x", i), i)
	}
	file, binary := filepath.Join(folder, "users.ndjson"), filepath.Join(folder, "local")
	if err := os.WriteFile(file, users.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("write the users: %w", err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/local")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build the local server: %w", err)
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	tenant, err := freeAddr()
	if err != nil {
		return nil, err
	}
	s.url = "http://" + addr
	s.process = exec.CommandContext(ctx, binary, "-addr", addr, "-tenant-addr", tenant, "-plan", plan, "-users", file)
	s.process.Cancel = func() error { return s.process.Process.Signal(os.Interrupt) }
	output, err := s.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("read the local server's output: %w", err)
	}
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the local server: %w", err)
	}
	lines := bufio.NewScanner(output)
	if !lines.Scan() {
		return nil, errors.New("the local server does not start")
	}
	go func() {
		for lines.Scan() {
			if line := lines.Text(); strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
				fmt.Fprintln(os.Stderr, line)
			}
		}
	}()
	return s, nil
}

func freeAddr() (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

func (s *server) close() {
	_ = s.process.Process.Signal(os.Interrupt)
	_ = s.process.Wait()
	_ = os.RemoveAll(s.folder)
}

// send sends a request, and returns its status and body.
func (s *server) send(ctx context.Context, method, path, contentType, body string) (status int, answered []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("make a request: %w", err)
	}
	if body != "" {
		r.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("send a request: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	answered, err = io.ReadAll(response.Body)
	return response.StatusCode, answered, err
}

// jobState is the part of a job that the report shows.
type jobState struct {
	ID, Status                 string
	Succeeded, Failed, Skipped int
}

func (s *server) startJob(ctx context.Context, n int) (string, error) {
	var records strings.Builder
	for i := range recordsOfJob {
		fmt.Fprintf(&records, "{\"id\":\"auth0|%024x\",\"set\":{\"nickname\":\"job %d\"}}\n", i, n)
	}
	status, body, err := s.send(ctx, http.MethodPost, "/user-updates", "application/x-ndjson", records.String())
	var job jobState
	if err = errors.Join(err, json.Unmarshal(body, &job)); err != nil || status != http.StatusAccepted {
		return "", fmt.Errorf("start a job: status %d, %w", status, err)
	}
	return job.ID, nil
}

func (s *server) job(ctx context.Context, method, id string) (job jobState, err error) {
	status, body, err := s.send(ctx, method, "/jobs/"+id, "", "")
	if err = errors.Join(err, json.Unmarshal(body, &job)); err != nil || status >= 300 {
		return job, fmt.Errorf("%s /jobs/%s: status %d, %w", method, id, status, err)
	}
	return job, nil
}

// ended waits for the end of a job.
func (s *server) ended(ctx context.Context, id string) (jobState, error) {
	for {
		job, err := s.job(ctx, http.MethodGet, id)
		if err != nil || job.Status != "running" {
			return job, err
		}
		if !load.Pause(ctx, time.Second) {
			return job, ctx.Err()
		}
	}
}

// measure sends an urgent request every 2 seconds and 2 changes in each second.
func (s *server) measure(ctx context.Context, lasts time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	var all sync.WaitGroup
	regularly := func(class string, every time.Duration, request func(i int) (method, path, body string)) {
		for i := 0; load.Pause(ctx, every); i++ {
			all.Go(func() {
				method, path, body := request(i)
				begun := time.Now()
				status, answered, err := s.send(context.WithoutCancel(ctx), method, path, "application/json", body)
				var problem struct{ Code string }
				_ = json.Unmarshal(answered, &problem) // "" without a problem
				if err != nil {
					problem.Code = err.Error()
				}
				s.tallies[class].note(status, problem.Code, time.Since(begun))
			})
		}
	}
	all.Go(func() {
		regularly("change", 500*time.Millisecond, func(i int) (string, string, string) {
			return http.MethodPatch, fmt.Sprintf("/users/auth0%%7C%024x", i%recordsOfJob), `{"name":"Ada"}`
		})
	})
	all.Go(func() {
		regularly("urgent", 2*time.Second, func(i int) (string, string, string) {
			id := fmt.Sprintf("%024x", i%recordsOfJob)
			switch i % 3 {
			case 0:
				return http.MethodPut, "/blocks/auth0%7C" + id, ""
			case 1:
				return http.MethodDelete, "/mfa/auth0%7C" + id, ""
			}
			return http.MethodPost, "/password-tickets", `{"user_id":"auth0|` + id + `"}`
		})
	})
	all.Wait()
}
