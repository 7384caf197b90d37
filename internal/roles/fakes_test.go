package roles_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/roles"
)

var (
	admin  = roles.Role{ID: "rol_1", Name: "admin", Description: "All & more"}
	editor = roles.Role{ID: "rol_2", Name: "editor"}
	reader = roles.Role{ID: "rol_3", Name: "reader"}
	twin   = roles.Role{ID: "rol_4", Name: "reader"}
	every  = []roles.Role{twin, editor, reader, admin}
)

// provider notes its calls, and returns what the test gives it.
type provider struct {
	all, held []roles.Role
	fails     map[string]error // by the first word of the call
	asked     []string
}

func (p *provider) note(call, rest string) error {
	p.asked = append(p.asked, call+rest)
	return p.fails[call]
}

func (p *provider) All(context.Context) ([]roles.Role, error) { return p.all, p.note("all", "") }

func (p *provider) OfUser(_ context.Context, user limits.UserID) ([]roles.Role, error) {
	return p.held, p.note("of", " "+user.String())
}

func (p *provider) Change(_ context.Context, user limits.UserID, remove, assign []roles.Role) error {
	return p.note("change", fmt.Sprintf(" %s -%v +%v", user, ids(remove), ids(assign)))
}

func ids(list []roles.Role) []string {
	var all []string
	for _, role := range list {
		all = append(all, role.ID)
	}
	return all
}

// operation is an operation, a request to it, and its calls to the provider.
type operation struct {
	of             func(*provider) api.Operation
	method, target string // with {user} for the user's id
	body           string
	calls          []string
}

// operations are those of one user. The provider's user holds editor and loses it.
var operations = map[string]operation{
	"get":    {func(p *provider) api.Operation { return roles.GetUserRoles(p) }, "GET", "/user-roles/{user}", "", []string{"of {user}"}},
	"set":    {func(p *provider) api.Operation { return roles.SetUserRoles(p) }, "PUT", "/user-roles/{user}", `{"roles":[]}`, []string{"of {user}", "all", "change {user} -[rol_2] +[]"}},
	"remove": {func(p *provider) api.Operation { return roles.RemoveUserRoles(p) }, "DELETE", "/user-roles/{user}", "", []string{"of {user}", "change {user} -[rol_2] +[]"}},
}

// list is the operation without a user.
var list = operation{func(p *provider) api.Operation { return roles.List(p) }, "GET", "/roles", "", []string{"all"}}

// callsFor are the calls for this user.
func (o operation) callsFor(user string) []string {
	return strings.Split(strings.ReplaceAll(strings.Join(o.calls, "\n"), "{user}", user), "\n")
}

// do sends the request for a user, whose id is percent-encoded, to a server of this
// operation only.
func (o operation) do(s api.Server, p *provider, user string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(o.method, strings.ReplaceAll(o.target, "{user}", user), strings.NewReader(o.body))
	if o.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return o.send(s, p, r)
}

func (o operation) send(s api.Server, p *provider, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(o.of(p)).ServeHTTP(w, r)
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
