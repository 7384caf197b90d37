package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"usher/internal/problem"
	"usher/test/testkit"
)

// vault is a fake Getter.
type vault struct {
	mu     sync.Mutex
	stages map[string]string // secret texts by staging label
	made   map[string]time.Time
	err    error
	delay  time.Duration
	reads  int
	asked  []string
}

func (v *vault) GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	v.mu.Lock()
	v.reads++
	v.asked = append(v.asked, *in.SecretId+" "+*in.VersionStage)
	delay := v.delay
	v.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err != nil {
		return nil, v.err
	}
	text, ok := v.stages[*in.VersionStage]
	if !ok {
		return nil, &types.ResourceNotFoundException{}
	}
	out := &secretsmanager.GetSecretValueOutput{SecretString: &text}
	if made, ok := v.made[*in.VersionStage]; ok {
		out.CreatedDate = &made
	}
	return out, nil
}

func (v *vault) set(stage, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stages[stage] = text
}

func (v *vault) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.err = err
}

// managed returns a manager, its fake vault with one secret, its clock and its log.
func managed() (*Manager, *vault, *testkit.Clock, *bytes.Buffer) {
	v := &vault{stages: map[string]string{stageCurrent: secretAt("a.example.com")}}
	c := testkit.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	log := &bytes.Buffer{}
	m := NewManager(Options{SecretID: "usher/auth", TTL: time.Minute, Log: slog.New(slog.NewTextHandler(log, nil)), Client: v, Now: c.Now})
	return m, v, c, log
}

func domainOf(t *testing.T, get func(context.Context) (Credentials, error)) string {
	t.Helper()
	c, err := get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.Domain
}

// A failed read does not replace a newer value that another request has read.
func TestStaleValueDoesNotReplaceNewerOne(t *testing.T) {
	m, v, c, _ := managed()
	domainOf(t, m.Current)
	c.Advance(time.Hour)
	v.fail(errors.New("connection refused"))
	m.opts.Failed = func(ctx context.Context) { // runs before the stale value is stored
		v.fail(nil)
		v.set(stageCurrent, secretAt("b.example.com"))
		if _, err := m.Versions(ctx); err != nil {
			t.Error(err)
		}
	}
	if got := domainOf(t, m.Current); got != "a.example.com" {
		t.Errorf("the first request gets %q", got)
	}
	if got := domainOf(t, m.Current); got != "b.example.com" {
		t.Errorf("afterwards: %q", got)
	}
}

func TestManagerReadsOnDemand(t *testing.T) {
	m, v, _, _ := managed()
	if v.reads != 0 {
		t.Fatal("a new manager reads the secret")
	}
	if got := domainOf(t, m.Current); got != "a.example.com" {
		t.Errorf("the domain is %q", got)
	}
	if got := strings.Join(v.asked, ","); got != "usher/auth AWSCURRENT" {
		t.Errorf("it read %q", got)
	}
}

func TestManagerCachesTheSecretForItsTTL(t *testing.T) {
	m, v, c, _ := managed()
	domainOf(t, m.Current)
	v.set(stageCurrent, secretAt("b.example.com"))
	c.Advance(time.Minute - 1)
	if got := domainOf(t, m.Current); got != "a.example.com" || v.reads != 1 {
		t.Errorf("within the TTL: %s after %d reads", got, v.reads)
	}
	c.Advance(1)
	if got := domainOf(t, m.Current); got != "b.example.com" || v.reads != 2 {
		t.Errorf("after the TTL: %s after %d reads", got, v.reads)
	}
	c.Advance(time.Minute - 1)
	if got := domainOf(t, m.Current); got != "b.example.com" || v.reads != 2 {
		t.Errorf("within the second TTL: %s after %d reads", got, v.reads)
	}
}

func TestManagerKeepsTheStaleValue(t *testing.T) {
	tests := map[string]func(*vault){
		"no response": func(v *vault) { v.fail(errors.New("connection refused")) },
		"refused":     func(v *vault) { v.fail(apiError("AccessDeniedException")) },
		"malformed":   func(v *vault) { v.set(stageCurrent, `{"domain":"b.example.com","client_secret":"s3cr3t`) },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			m, v, c, log := managed()
			domainOf(t, m.Current)
			breakIt(v)
			c.Advance(time.Hour)
			if got := domainOf(t, m.Current); got != "a.example.com" {
				t.Errorf("the domain is %q", got)
			}
			if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "usher/auth") || strings.Contains(log.String(), hidden) {
				t.Errorf("log: %q", log)
			}
			v.fail(nil)
			v.set(stageCurrent, secretAt("c.example.com"))
			c.Advance(retryStale - time.Millisecond)
			if got := domainOf(t, m.Current); got != "a.example.com" {
				t.Errorf("right after a failed read: %q", got)
			}
			c.Advance(time.Millisecond)
			if got := domainOf(t, m.Current); got != "c.example.com" {
				t.Errorf("after the secret is readable again: %q", got)
			}
		})
	}
}

func TestManagerDoesNotCacheAFailure(t *testing.T) {
	m, v, _, _ := managed()
	v.fail(errors.New("connection refused"))
	if _, err := m.Current(t.Context()); err == nil {
		t.Fatal("no error")
	}
	v.fail(nil)
	if got := domainOf(t, m.Current); got != "a.example.com" {
		t.Errorf("the domain is %q", got)
	}
}

func TestManagerFailures(t *testing.T) {
	api := func(code string) func(*vault) {
		return func(v *vault) { v.fail(fmt.Errorf("call: %w", apiError(code))) }
	}
	tests := map[string]struct {
		broken func(*vault)
		kind   problem.Kind
		says   string
	}{
		"no such secret":             {func(v *vault) { delete(v.stages, stageCurrent) }, problem.ServiceMisconfigured, "no such secret"},
		"access denied":              {api("AccessDeniedException"), problem.ServiceMisconfigured, "about AccessDeniedException"},
		"decryption failure":         {api("DecryptionFailure"), problem.ServiceMisconfigured, "about DecryptionFailure"},
		"invalid parameter":          {api("InvalidParameterException"), problem.ServiceMisconfigured, "about InvalidParameterException"},
		"deleted":                    {api("InvalidRequestException"), problem.ServiceMisconfigured, "about InvalidRequestException"},
		"no such client":             {api("UnrecognizedClientException"), problem.ServiceMisconfigured, "about UnrecognizedClientException"},
		"a wrong signature":          {api("InvalidSignatureException"), problem.ServiceMisconfigured, "about InvalidSignatureException"},
		"a malformed name":           {api("ValidationException"), problem.ServiceMisconfigured, "about ValidationException"},
		"internal error":             {api("InternalServiceError"), problem.ServiceUnavailable, "about InternalServiceError"},
		"throttled":                  {api("ThrottlingException"), problem.ServiceUnavailable, "about ThrottlingException"},
		"the network":                {func(v *vault) { v.fail(errors.New("connection refused")) }, problem.ServiceUnavailable, "connection refused"},
		"malformed JSON":             {func(v *vault) { v.set(stageCurrent, `{"client_secret":"s3cr3t`) }, problem.ServiceMisconfigured, "not a JSON object"},
		"incomplete":                 {func(v *vault) { v.set(stageCurrent, `{"client_secret":"s3cr3t"}`) }, problem.ServiceMisconfigured, `lacks "client_id"`},
		"plain http to another host": {func(v *vault) { v.set(stageCurrent, secretAt("http://s3cr3t.example.com")) }, problem.ServiceMisconfigured, "plain http"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, v, _, _ := managed()
			tt.broken(v)
			_, err := m.Current(t.Context())
			wantProblem(t, err, tt.kind, tt.says)
			if !strings.Contains(err.Error(), "usher/auth") {
				t.Errorf("%q does not name the secret", err)
			}
		})
	}
}

func TestManagerRefusesABinarySecret(t *testing.T) {
	m, _, _, _ := managed()
	m.opts.Client = getterFunc(func(context.Context) (*secretsmanager.GetSecretValueOutput, error) {
		return &secretsmanager.GetSecretValueOutput{SecretBinary: []byte(hidden)}, nil
	})
	_, err := m.Current(t.Context())
	wantProblem(t, err, problem.ServiceMisconfigured, "binary")
}

func TestManagerAllowsPlainHTTPIfConfigured(t *testing.T) {
	m, v, _, _ := managed()
	m.opts.PlainHTTP = true
	v.set(stageCurrent, secretAt("http://172.17.0.1:3001"))
	if got := domainOf(t, m.Current); got != "http://172.17.0.1:3001" {
		t.Errorf("the domain is %q", got)
	}
}

func TestManagerReadsOnceForConcurrentCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, v, _, _ := managed()
		v.delay = time.Second
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if c, err := m.Current(t.Context()); err != nil || c.Domain != "a.example.com" {
					t.Errorf("%v, %v", c, err)
				}
			})
		}
		wg.Wait()
		if v.reads != 1 {
			t.Errorf("%d reads for 100 callers", v.reads)
		}
	})
}

func TestManagerOutlivesTheFirstCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, v, _, _ := managed()
		v.delay = 2 * time.Second
		var wg sync.WaitGroup
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := m.Current(ctx)
			wantProblem(t, err, problem.ServiceUnavailable, "deadline exceeded")
		})
		wg.Go(func() {
			time.Sleep(time.Millisecond) // the other caller must be first
			if c, err := m.Current(t.Context()); err != nil || c.Domain != "a.example.com" {
				t.Errorf("the second caller got %v, %v", c, err)
			}
		})
		wg.Wait()
		if v.reads != 1 {
			t.Errorf("%d reads", v.reads)
		}
	})
}

func TestManagerTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, v, _, _ := managed()
		v.delay = time.Hour
		start := time.Now()
		_, err := m.Current(t.Context())
		wantProblem(t, err, problem.ServiceUnavailable, "deadline exceeded")
		if took := time.Since(start); took != usualTimeout {
			t.Errorf("it took %v", took)
		}
	})
}

func TestReload(t *testing.T) {
	m, v, c, _ := managed()
	first, err := m.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reload := func(ctx context.Context) (Credentials, error) { return m.Reload(ctx, first) }
	if got := domainOf(t, reload); got != "a.example.com" || v.reads != 2 {
		t.Errorf("unchanged: %s after %d reads, want one within the TTL", got, v.reads)
	}
	v.set(stageCurrent, secretAt("b.example.com"))
	for range 100 {
		if got := domainOf(t, reload); got != "a.example.com" || v.reads != 2 {
			t.Fatalf("refused repeatedly: %s after %d reads", got, v.reads)
		}
	}
	c.Advance(reloadInterval)
	if got := domainOf(t, reload); got != "b.example.com" || v.reads != 3 {
		t.Errorf("changed: %s after %d reads", got, v.reads)
	}
	if got := domainOf(t, reload); got != "b.example.com" || v.reads != 3 {
		t.Errorf("reloaded by another: %s after %d reads, want no more", got, v.reads)
	}
	if got := domainOf(t, m.Current); got != "b.example.com" || v.reads != 3 {
		t.Errorf("afterwards: %s after %d reads", got, v.reads)
	}
}

func TestReloadKeepsTheStaleValue(t *testing.T) {
	m, v, _, log := managed()
	first, err := m.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.fail(errors.New("connection refused"))
	got, err := m.Reload(t.Context(), first)
	if err != nil || got != first || !strings.Contains(log.String(), "connection refused") {
		t.Errorf("%v, %v; log: %q", got, err, log)
	}
}

func TestReloadAsFirstRead(t *testing.T) {
	m, v, _, _ := managed()
	got, err := m.Reload(t.Context(), Credentials{})
	if err != nil || got.Domain != "a.example.com" || v.reads != 1 {
		t.Errorf("%v, %v after %d reads", got, err, v.reads)
	}
}

func TestStatic(t *testing.T) {
	s := Static(whole())
	if got, err := s.Current(t.Context()); err != nil || got != whole() {
		t.Errorf("Current: %v, %v", got, err)
	}
	if got, err := s.Reload(t.Context(), whole()); err != nil || got != whole() {
		t.Errorf("Reload: %v, %v", got, err)
	}
	if got, err := s.Versions(t.Context()); err != nil || got.Current != whole() || len(got.Others()) > 0 || got.Changing() {
		t.Errorf("Versions: %v, %v", got, err)
	}
}

type getterFunc func(context.Context) (*secretsmanager.GetSecretValueOutput, error)

func (f getterFunc) GetSecretValue(ctx context.Context, _ *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	return f(ctx)
}

// apiError is an API error with a code.
type apiError string

func (e apiError) Error() string     { return "about " + string(e) }
func (e apiError) ErrorCode() string { return string(e) }

// wantProblem checks the kind and the cause of a problem, and that it does not reveal the
// secret.
func wantProblem(t *testing.T, err error, kind problem.Kind, says string) {
	t.Helper()
	if !problem.Is(err, kind) {
		t.Fatalf("%v, want %s", err, kind.Code)
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("%q does not say %q", err, says)
	}
	if strings.Contains(err.Error(), hidden) || strings.Contains(problem.From(err).Detail, says) {
		t.Errorf("%q with the detail %q reveals too much", err, problem.From(err).Detail)
	}
}

// Failed is called for every request whose read failed, even if the stale value was returned.
func TestManagerReportsFailedReads(t *testing.T) {
	failed := 0
	m, v, c, _ := managed()
	m.opts.Failed = func(context.Context) { failed++ }
	v.err = errors.New("no route to host")
	_, _ = m.Current(t.Context())
	v.err = nil
	_, _ = m.Current(t.Context())
	v.err = errors.New("no route to host")
	c.Advance(time.Minute)
	_, _ = m.Current(t.Context())
	_, _ = m.Current(t.Context()) // no read yet: the stale value is still valid
	if failed != 2 {
		t.Errorf("%d failed reads reported, want 2", failed)
	}
}
