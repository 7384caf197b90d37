//go:build chaos

package outage

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/localtenant"
	"usher/test/contract"
	"usher/test/testkit"
	"usher/test/testkit/lambda"
	"usher/test/testkit/traffic"
)

// fleet are processes of the functions' binaries, so many for each operation.
type fleet struct {
	members []member
}

// member is a process, and the operation that it gets requests for.
type member struct {
	operation string
	*lambda.Process
}

// atOnce is the number of processes that start at the same time.
const atOnce = 8

// startFleet starts processes with the credentials of the provider at a URL.
func startFleet(t *testing.T, url string, each int) *fleet {
	t.Helper()
	runtime, err := lambda.NewRuntime()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runtime.Close() })
	vault := lambda.NewVault(lambda.Secret(url, localtenant.ClientSecret))
	t.Cleanup(vault.Close)
	env := vault.Env()
	maps.Copy(env, map[string]string{"REDIRECT_URIS": redirectURI, "POST_LOGOUT_REDIRECT_URIS": logoutURI})

	f := &fleet{}
	for range each {
		for _, op := range contract.Load(t).WithoutJobs() {
			p, err := runtime.Start(context.WithoutCancel(t.Context()), binaries[op.Function], env)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(p.Stop)
			f.members = append(f.members, member{op.ID, p})
			if len(f.members)%atOnce == 0 {
				f.ready(t)
			}
		}
	}
	f.ready(t)
	return f
}

// ready waits for the newest processes.
func (f *fleet) ready(t *testing.T) {
	t.Helper()
	for _, m := range f.members[max(0, len(f.members)-atOnce):] {
		if err := m.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// result is what became of a request.
type result struct {
	request traffic.Request
	traffic.Answer
	err  error
	took time.Duration
}

// Code is the problem's code.
func (r result) code() string {
	var told struct{ Code string }
	_ = json.Unmarshal([]byte(r.Body), &told)
	return told.Code
}

// run sends requests to all processes at once, and to each one after the other. The requests are
// dealt out in turn, so that every process gets the same number of them, or one more.
func (f *fleet) run(requests int, prepare func(operation string, n int) (traffic.Request, error)) []result {
	results := make([]result, requests)
	var all sync.WaitGroup
	for i, m := range f.members {
		all.Go(func() {
			for n := i; n < requests; n += len(f.members) {
				results[n] = m.serve(n, prepare)
			}
		})
	}
	all.Wait()
	return results
}

func (m member) serve(n int, prepare func(operation string, n int) (traffic.Request, error)) result {
	request, err := prepare(m.operation, n)
	if err != nil {
		return result{err: err}
	}
	event, err := request.Event()
	if err != nil {
		return result{err: err}
	}
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	begun := time.Now()
	body, err := m.Invoke(ctx, event, lambda.Timeout)
	r := result{request: request, err: err, took: time.Since(begun)}
	if err == nil {
		r.Answer, r.err = traffic.Parse(body)
	}
	return r
}

// counted are the calls to the provider, as the functions have logged them.
type counted struct{ calls, retries, tokens int }

func (f *fleet) counted(t *testing.T) (all counted) {
	t.Helper()
	for _, m := range f.members {
		for line := range strings.Lines(m.Log()) {
			var logged struct {
				Msg     string
				Calls   int `json:"provider_calls"`
				Retries int `json:"provider_retries"`
				Tokens  int `json:"token_fetches"`
			}
			if err := json.Unmarshal([]byte(line), &logged); err != nil {
				t.Fatalf("%s logs %s", m.operation, line)
			}
			if logged.Msg == "request" {
				all.calls += logged.Calls
				all.retries += logged.Retries
				all.tokens += logged.Tokens
			}
		}
	}
	return all
}
