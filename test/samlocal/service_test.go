//go:build samlocal

// Package samlocal tests the functions as they are deployed: the built binaries
// in containers behind `sam local start-api`, started as `make sam-local` starts
// them, with the local tenant and a stand-in of Secrets Manager.
//
// What the operations do in every case is tested in test/api, without Docker.
// This is about what only this way can show: that each binary starts, finds its
// secret and its provider, and is wired to its route.
package samlocal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"usher/test/contract"
	"usher/test/testkit"
)

// service is one running scripts/sam-local.sh.
type service struct {
	url, tenant, secrets, arn string

	command *exec.Cmd
	out     testkit.Buffer
	ended   chan error
}

// warm is the service that the tests share; its containers are kept.
var warm *service

// turn is of the test that calls warm. SAM runs one call of a function at a time.
var turn sync.Mutex

// inTurn runs a test of warm after others of warm, and beside those that do not call it: SAM waits a second
// after each call.
func inTurn(t *testing.T) {
	t.Parallel()
	turn.Lock()
	t.Cleanup(turn.Unlock)
}

// built is where the functions are built to, out of the way of `make sam-local`. FUNCTIONS
// names the folder of scripts/build-here.sh, if it has built already.
var built = os.Getenv("FUNCTIONS")

func TestMain(m *testing.M) {
	var args []string
	if built != "" {
		args = []string{"--no-build"}
	} else {
		built, _ = filepath.Abs(filepath.Join("..", "..", ".aws-sam", "test"))
	}
	var err error
	warm, err = start(args...)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%v\n", warm.out.String(), err)
		os.Exit(1)
	}
	status := m.Run()
	if status != 0 {
		fmt.Fprintf(os.Stderr, "--- what sam-local.sh printed\n%s\n", warm.out.String())
	}
	if err := warm.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

var ready = regexp.MustCompile(`(?s)Lambdas, is at (http://\S+).*tenant +(http://\S+).*secrets +(http://\S+).*credentials are in (arn:[^\s)]+)`)

// start starts the script on free ports, and returns once it serves.
func start(args ...string) (*service, error) {
	s := &service{ended: make(chan error, 1)}
	args = append(args, "--out", built)
	for _, name := range []string{"--port", "--tenant-port", "--secrets-port"} {
		port, err := freePort()
		if err != nil {
			return s, err
		}
		args = append(args, name, port)
	}
	s.command = exec.Command("../../scripts/sam-local.sh", args...)
	s.command.Stdout, s.command.Stderr = &s.out, &s.out
	// What it leaves running must not keep Wait from returning.
	s.command.WaitDelay = 5 * time.Second
	if err := s.command.Start(); err != nil {
		return s, err
	}
	go func() { s.ended <- s.command.Wait() }()
	deadline := time.After(20 * time.Minute)
	for {
		if found := ready.FindStringSubmatch(s.out.String()); found != nil {
			s.url, s.tenant, s.secrets, s.arn = found[1], found[2], found[3], found[4]
			return s, nil
		}
		select {
		case err := <-s.ended:
			return s, fmt.Errorf("sam-local.sh ended: %w", err)
		case <-deadline:
			return s, fmt.Errorf("sam-local.sh does not serve after 20 minutes; %w", s.stop())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// freePort finds a port below those that the system gives to anybody who asks
// for any: the script listens some seconds later, and until then one of these
// might be taken.
func freePort() (string, error) {
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(10000))
		l, err := net.Listen("tcp", ":"+port)
		if err == nil {
			return port, l.Close()
		}
	}
	return "", errors.New("no free port from 20000 to 29999")
}

// stop ends the script as Ctrl-C in a process manager would, and sees whether it
// left anything behind.
func (s *service) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		if ended, ok := errors.AsType[*exec.ExitError](err); !ok || ended.ExitCode() != 128+int(syscall.SIGTERM) {
			return fmt.Errorf("sam-local.sh did not end as TERM ends a program: %w", err)
		}
	case <-time.After(10 * time.Minute):
		return fmt.Errorf("sam-local.sh does not end on TERM")
	}
	for _, address := range []string{s.url, s.tenant, s.secrets} {
		if c, err := net.DialTimeout("tcp", strings.TrimPrefix(address, "http://"), time.Second); err == nil {
			_ = c.Close()
			return fmt.Errorf("%s still answers after sam-local.sh has ended", address)
		}
	}
	return nil
}

// client holds every exchange to the contract and follows no redirect.
func (s *service) client(t *testing.T) *http.Client {
	t.Helper()
	return &http.Client{
		Transport:     contract.Load(t).Transport(t, bare{}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       10 * time.Minute,
	}
}

// bare takes the Content-Type off empty answers: the gateway, and SAM in its
// place, gives every answer one.
type bare struct{}

func (bare) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && response.StatusCode == http.StatusNoContent {
		response.Header.Del("Content-Type")
	}
	return response, err
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %v %s", a.status, a.header, a.body) }

// object is the body as a JSON object.
func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(a.body, &o); err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return o
}

func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("want %d, got %v", status, a)
	}
	return a
}

func (a answer) problem(t *testing.T, status int, code string) {
	t.Helper()
	if got := a.want(t, status).object(t)["code"]; got != code {
		t.Fatalf("want %s, got %v", code, a)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %s", got)
	}
}

// call sends a request, with a JSON body unless it is empty; headers come in
// pairs of name and value.
func (s *service) call(t *testing.T, method, target, body string, headers ...string) answer {
	t.Helper()
	return send(t, s.client(t), method, s.url+target, body, headers...)
}

func send(t *testing.T, client *http.Client, method, url, body string, headers ...string) answer {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, content)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, read}
}

// secretsManager calls the stand-in of Secrets Manager.
func (s *service) secretsManager(ctx context.Context, action string, input map[string]any) error {
	input["SecretId"] = s.arn
	body, err := json.Marshal(input)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.secrets, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "secretsmanager."+action)
	// It reads the region from here, and checks nothing.
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/secretsmanager/aws4_request")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s: %d %s", action, response.StatusCode, text)
	}
	return nil
}
