package blocks_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/blocks"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
)

// provider notes its calls, and returns what the test gives it.
type provider struct {
	ended bool // the sessions
	found []blocks.LoginBlock
	err   error
	asked []string
}

func (p *provider) note(call string, user limits.UserID) error {
	p.asked = append(p.asked, call+" "+user.String())
	return p.err
}

func (p *provider) Block(_ context.Context, user limits.UserID) (bool, error) {
	return p.ended, p.note("block", user)
}

func (p *provider) Unblock(_ context.Context, user limits.UserID) error {
	return p.note("unblock", user)
}

func (p *provider) LoginBlocks(_ context.Context, user limits.UserID) ([]blocks.LoginBlock, error) {
	return p.found, p.note("login blocks", user)
}

func (p *provider) LiftLoginBlocks(_ context.Context, user limits.UserID) error {
	return p.note("lift", user)
}

// operation is an operation, a request to it without the user's id, and its call to the
// provider.
type operation struct {
	of                 func(*provider) api.Operation
	method, path, call string
}

var operations = map[string]operation{
	"block":       {func(p *provider) api.Operation { return blocks.BlockUser(p) }, "PUT", "/blocks/", "block "},
	"unblock":     {func(p *provider) api.Operation { return blocks.UnblockUser(p) }, "DELETE", "/blocks/", "unblock "},
	"list blocks": {func(p *provider) api.Operation { return blocks.GetLoginBlocks(p) }, "GET", "/login-blocks/", "login blocks "},
	"lift blocks": {func(p *provider) api.Operation { return blocks.DeleteLoginBlocks(p) }, "DELETE", "/login-blocks/", "lift "},
}

// do sends the request for a user, whose id is percent-encoded, to a server of this
// operation only.
func (o operation) do(s api.Server, p *provider, user string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(o.of(p)).ServeHTTP(w, httptest.NewRequest(o.method, o.path+user, nil))
	return w
}

var unlimited = api.Server{Authenticate: api.Anonymous}

// connections are the users' connections, by user id.
type connections map[string]string

func (c connections) ConnectionOf(_ context.Context, userID string) (string, error) {
	if connection, ok := c[userID]; ok {
		return connection, nil
	}
	return "", problem.UserNotFound.New("No.")
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
// problem. It checks the headers.
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
	if diff := cmp.Diff(header, w.Header()); diff != "" {
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
