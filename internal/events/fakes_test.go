package events_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/events"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/seal"
	"usher/internal/secrets"
)

// provider notes its calls, and returns what the test gives it.
type provider struct {
	page  events.Page
	err   error
	asked []asked
}

// asked is a call to the provider.
type asked struct {
	User  string
	From  *events.Position
	Limit int
}

func (p *provider) Events(_ context.Context, user limits.UserID, from *events.Position, limit int) (events.Page, error) {
	p.asked = append(p.asked, asked{user.String(), from, limit})
	return p.page, p.err
}

var now = time.Date(2026, 1, 1, 12, 0, 0, 5e6, time.UTC)

var sealer = seal.New(secrets.Static{ClientSecret: "s3cr3t"}, func() time.Time { return now })

// noKeys is a sealer whose keys are not available.
type noKeys struct{}

func (noKeys) Seal(context.Context, string, string, []byte) (string, error) {
	return "", problem.ServiceUnavailable.New("No.")
}

func (noKeys) Open(context.Context, string, string, string) ([]byte, error) {
	return nil, problem.ServiceUnavailable.New("No.")
}

// list asks for the user's history; target is what follows /events/.
func list(p *provider, target string) *httptest.ResponseRecorder {
	return listFrom(apitest.Unlimited, p, sealer, target)
}

func listFrom(s api.Server, p *provider, with httpapi.Sealer, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(events.List(p, with)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events/"+target, nil))
	return w
}

// failing is a directory that is not available.
type failing struct{}

func (failing) ConnectionOf(context.Context, string) (string, error) {
	return "", problem.ProviderUnavailable.New("No.")
}
