package events_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
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
	return listFrom(api.Server{Authenticate: api.Anonymous}, p, sealer, target)
}

func listFrom(s api.Server, p *provider, with httpapi.Sealer, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(events.List(p, with)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events/"+target, nil))
	return w
}

// connections are the users' connections, by user id.
type connections map[string]string

func (c connections) ConnectionOf(_ context.Context, userID string) (string, error) {
	if connection, ok := c[userID]; ok {
		return connection, nil
	}
	return "", problem.UserNotFound.New("No.")
}

// failing is a directory that is not available.
type failing struct{}

func (failing) ConnectionOf(context.Context, string) (string, error) {
	return "", problem.ProviderUnavailable.New("No.")
}

// limited is a server for the front-end "shop", which is limited to Customers.
func limited(t *testing.T) api.Server {
	t.Helper()
	policy, err := limits.Parse(`{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"c","connections":["Customers"]}]}`, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	return api.Server{Authenticate: as(api.Principal{Caller: httpapi.Caller{ID: "c"}}), Limits: policy, Directory: connections{"ours": "Customers", "theirs": "Employees"}}
}

// withToken is a server for a caller whose token has these scopes.
func withToken(scopes ...string) api.Server {
	return api.Server{Authenticate: as(api.Principal{ByToken: true, Scopes: scopes})}
}

func as(p api.Principal) func(*http.Request) (api.Principal, error) {
	return func(*http.Request) (api.Principal, error) { return p, nil }
}

// response is the response in short: the status, and the body or what identifies a
// problem. It checks the headers except Link.
func response(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	parts, header := []string{strconv.Itoa(w.Code)}, http.Header{}
	if w.Code != http.StatusNoContent {
		header.Set("Content-Type", "application/json")
	}
	if w.Code < http.StatusBadRequest {
		parts = append(parts, strings.TrimSuffix(w.Body.String(), "\n"))
	} else {
		doc := document(t, w)
		parts = append(parts, doc.Code, doc.Rule)
		for _, field := range doc.Errors {
			parts = append(parts, field.Field)
		}
		header.Set("Content-Type", problem.ContentType)
	}
	sent := w.Header().Clone()
	sent.Del("Link")
	if diff := cmp.Diff(header, sent); diff != "" {
		t.Errorf("headers: %s", diff)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

func document(t *testing.T, w *httptest.ResponseRecorder) (doc problem.Document) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.Status != w.Code {
		t.Fatalf("status %d with %s", w.Code, w.Body)
	}
	return doc
}
