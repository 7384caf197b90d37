package auth0

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/test/testkit"
)

// source is Credentials that a test changes. current is what this instance holds, stored is
// what a reload reads.
type source struct {
	mu              sync.Mutex
	current, stored secrets.Credentials
	others          secrets.Versions // besides the stored ones
	err, reloadErr  error
	reloads, looks  int
}

func holding(c secrets.Credentials) *source { return &source{current: c, stored: c} }

func (s *source) Current(context.Context) (secrets.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current, s.err
}

func (s *source) Reload(context.Context, secrets.Credentials) (secrets.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reloads++
	if s.reloadErr == nil {
		s.current = s.stored
	}
	return s.current, s.reloadErr
}

func (s *source) Versions(context.Context) (secrets.Versions, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	if s.reloadErr != nil {
		return secrets.Versions{}, s.reloadErr
	}
	s.current = s.stored
	found := s.others
	found.Current = s.current
	return found, nil
}

func newClock() *testkit.Clock { return testkit.NewClock(time.Now()) }

// credentialsAt returns the credentials of the local tenant's application.
func credentialsAt(domain, secret string) secrets.Credentials {
	return secrets.Credentials{
		Domain: domain, ClientID: localtenant.ClientID, ClientSecret: secret,
		ManagementClientID: localtenant.ClientID, ManagementClientSecret: secret,
	}
}

func newClient(s *source, c *testkit.Clock, changes ...func(*Options)) (*Client, *testkit.Buffer) {
	log := &testkit.Buffer{}
	opts := Options{Credentials: s, Scopes: []string{"openid", "email"}, Log: slog.New(slog.NewTextHandler(log, nil)), Now: c.Now, Deadline: testkit.Patience}
	for _, change := range changes {
		change(&opts)
	}
	return New(opts), log
}

func wantKind(t *testing.T, err error, kind problem.Kind, says string) {
	t.Helper()
	if !problem.Is(err, kind) {
		t.Fatalf("%v, want %s", err, kind.Code)
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("%q does not say %q", err, says)
	}
}

var errRefused = errors.New("connection refused")
