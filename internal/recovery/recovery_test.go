package recovery_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/recovery"
)

// provider is a fake that records its calls.
type provider struct {
	calls   []string
	options recovery.TicketOptions
	err     error
}

func (p *provider) MailPasswordLink(_ context.Context, connection, email string) error {
	p.calls = append(p.calls, "mail "+email+" in "+connection)
	return p.err
}

func (p *provider) PasswordTicket(_ context.Context, id limits.UserID, o recovery.TicketOptions) (recovery.Ticket, error) {
	p.calls, p.options = append(p.calls, "password "+id.String()), o
	return recovery.Ticket{URL: "https://t/?ticket=SECRET#", ExpiresAt: time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)}, p.err
}

func (p *provider) VerificationTicket(_ context.Context, id limits.UserID, o recovery.TicketOptions) (recovery.Ticket, error) {
	p.calls, p.options = append(p.calls, "verification "+id.String()), o
	return recovery.Ticket{URL: "https://t/?ticket=SECRET#", ExpiresAt: time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)}, p.err
}

func (p *provider) SendVerification(_ context.Context, id limits.UserID) (recovery.VerificationEmail, error) {
	p.calls = append(p.calls, "send "+id.String())
	return recovery.VerificationEmail{ID: "job/1", Status: recovery.Pending}, p.err
}

func send(op api.Operation, body string) *httptest.ResponseRecorder {
	_, path, _ := strings.Cut(op.Routes[0], " ")
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	apitest.Unlimited.Handler(op).ServeHTTP(w, r)
	return w
}

var allowed = []string{"https://app.example.com/done", "https://app.example.com/other"}

// Every option of a request reaches the provider.
func TestProviderCalls(t *testing.T) {
	tests := map[string]struct {
		operation func(*provider) api.Operation
		body      string
		call      string
		options   recovery.TicketOptions
	}{
		"a reset": {
			func(p *provider) api.Operation { return recovery.ResetPassword(p, "default") },
			`{"email":"a@example.com"}`, "mail a@example.com in default", recovery.TicketOptions{},
		},
		"a reset in another connection": {
			func(p *provider) api.Operation { return recovery.ResetPassword(p, "default") },
			`{"email":"a@example.com","connection":"staff"}`, "mail a@example.com in staff", recovery.TicketOptions{},
		},
		"a plain password ticket": {
			func(p *provider) api.Operation { return recovery.CreatePasswordTicket(p, allowed) },
			`{"user_id":"u"}`, "password u", recovery.TicketOptions{},
		},
		"a full password ticket": {
			func(p *provider) api.Operation { return recovery.CreatePasswordTicket(p, allowed) },
			`{"user_id":"u","ttl":60,"result_url":"https://app.example.com/other","verifies_email":true}`, "password u",
			recovery.TicketOptions{ResultURL: "https://app.example.com/other", Lifetime: time.Minute, VerifiesEmail: true},
		},
		"a verification ticket with the maximum lifetime": {
			func(p *provider) api.Operation { return recovery.CreateVerificationTicket(p, allowed) },
			`{"user_id":"u","ttl":2592000}`, "verification u", recovery.TicketOptions{Lifetime: 30 * 24 * time.Hour},
		},
		"a verification email": {
			func(p *provider) api.Operation { return recovery.SendVerificationEmail(p) },
			`{"user_id":"u"}`, "send u", recovery.TicketOptions{},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{}
			if w := send(tt.operation(p), tt.body); w.Code >= 300 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff([]string{tt.call}, p.calls); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.options, p.options); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResponses(t *testing.T) {
	w := send(recovery.CreatePasswordTicket(&provider{}, nil), `{"user_id":"u"}`)
	if want := `{"url":"https://t/?ticket=SECRET#","expires_at":"2026-02-01T08:00:00Z"}` + "\n"; w.Code != 201 || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = send(recovery.SendVerificationEmail(&provider{}), `{"user_id":"u"}`)
	if w.Code != 202 || w.Header().Get("Location") != "/verification-emails/job%2F1" || w.Body.String() != `{"id":"job/1","status":"pending"}`+"\n" {
		t.Errorf("%d %q %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	w = send(recovery.ResetPassword(&provider{err: problem.TooManyRequests.New("Later.")}, "default"), `{"email":"a@example.com"}`)
	if w.Code != 429 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Without configured result URLs, none is allowed.
func TestNoResultURLs(t *testing.T) {
	p := &provider{}
	if w := send(recovery.CreatePasswordTicket(p, nil), `{"user_id":"u","result_url":"https://app.example.com/done"}`); w.Code != 400 || p.calls != nil {
		t.Errorf("%d %s, provider calls: %v", w.Code, w.Body, p.calls)
	}
}
