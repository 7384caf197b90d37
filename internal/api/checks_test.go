package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// directory knows the connections of users.
type directory struct {
	connections map[string]string
	failure     error
	asked       []string
}

func (d *directory) ConnectionOf(_ context.Context, userID string) (string, error) {
	d.asked = append(d.asked, userID)
	connection, ok := d.connections[userID]
	if !ok && d.failure == nil {
		return "", problem.UserNotFound.New("There is no such user.")
	}
	return connection, d.failure
}

func policyOf(t *testing.T, document string) limits.Policy {
	t.Helper()
	p, err := limits.Parse(document, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var shop = apitest.As(api.Principal{Caller: httpapi.Caller{ID: "c"}})

func TestChecks(t *testing.T) {
	const limited = `{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"c","connections":["Customers"]}]}`
	const without = `{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"c"}]}`
	const noAppMetadata = `{"unlisted":"allow","front_ends":[{"name":"shop","client_id":"c","app_metadata":false}]}`
	user := func(name string) api.Parameters { return api.Parameters{name: api.User} }
	tests := map[string]struct {
		document   string
		route      string
		parameters api.Parameters
		path       string
		change     func(*api.Operation)
		failure    error
		served     bool
		gone       bool
		code, rule string
		asked      int
	}{
		"an allowed user":             {document: limited, route: "GET /new/{user_id}", parameters: user("user_id"), path: "/new/ours", served: true, asked: 1},
		"another user":                {document: limited, route: "GET /new/{x}", parameters: user("x"), path: "/new/theirs", code: "outside-front-ends-limits", rule: "shop.connections", asked: 1},
		"another user, longer path":   {document: limited, route: "GET /new/{x}/more/{y}", parameters: api.Parameters{"x": api.User, "y": api.Session}, path: "/new/theirs/more/ours", code: "outside-front-ends-limits", rule: "shop.connections", asked: 1},
		"another user, last segment":  {document: limited, route: "GET /a/{y}/{x}", parameters: api.Parameters{"x": api.User, "y": api.Session}, path: "/a/ours/theirs", code: "outside-front-ends-limits", rule: "shop.connections", asked: 1},
		"a user who does not exist":   {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/nobody", code: "user-not-found", asked: 1},
		"a deleted user, served":      {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/nobody", change: func(o *api.Operation) { o.ServesGone = true }, served: true, gone: true, asked: 1},
		"a user without a connection": {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/odd", code: "outside-front-ends-limits", rule: "shop.connections", asked: 1},
		"not an id":                   {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/%00", code: "invalid-request"},
		"the provider fails":          {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/x", failure: problem.ProviderUnavailable.New("No."), code: "provider-unavailable", asked: 1},
		"the provider fails, served":  {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/x", change: func(o *api.Operation) { o.ServesGone = true }, failure: problem.ProviderUnavailable.New("No."), code: "provider-unavailable", asked: 1},
		"an unforeseen failure":       {document: limited, route: "GET /users/{id}", parameters: user("id"), path: "/users/x", failure: errors.New("unforeseen"), code: "internal", asked: 1},
		"another kind of id":          {document: limited, route: "GET /things/{id}", parameters: api.Parameters{"id": api.Session}, path: "/things/theirs", served: true},
		"no limit":                    {document: without, route: "GET /users/{id}", parameters: user("id"), path: "/users/theirs", served: true},
		"no policy":                   {route: "GET /users/{id}", parameters: user("id"), path: "/users/theirs", served: true},
		"app_metadata": {document: noAppMetadata, route: "GET /new/{id}", parameters: user("id"), path: "/new/ours", change: func(o *api.Operation) { o.Permissions = []permission.Name{permission.AppMetadata} },
			code: "outside-front-ends-limits", rule: "shop.app_metadata"},
		"metadata":         {document: noAppMetadata, route: "GET /metadata/{id}", parameters: user("id"), path: "/metadata/ours", served: true},
		"unlisted":         {document: `{"unlisted":"refuse","front_ends":[]}`, route: "GET /roles", path: "/roles", code: "outside-front-ends-limits", rule: limits.Unlisted},
		"a query":          {route: "GET /roles", path: "/roles?x=1", code: "invalid-request"},
		"an allowed query": {route: "GET /roles", path: "/roles?x=1", change: func(o *api.Operation) { o.TakesQuery = true }, served: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{connections: map[string]string{"ours": "Customers", "theirs": "Employees", "odd": ""}, failure: tt.failure}
			served, gone := false, false
			op := api.Operation{Name: "new", Routes: []string{tt.route}, Parameters: tt.parameters, Permissions: []permission.Name{permission.Read}}
			op.Handler = func(_ http.ResponseWriter, _ *http.Request, c api.Call) error {
				served, gone = true, c.Gone
				return nil
			}
			if tt.change != nil {
				tt.change(&op)
			}
			w := httptest.NewRecorder()
			api.Server{Authenticate: shop, Limits: policyOf(t, tt.document), Directory: dir}.Handler(op).ServeHTTP(w, httptest.NewRequest("GET", tt.path, nil))
			var answer problem.Document
			if tt.code != "" {
				answer = document(t, w)
			}
			if served != tt.served || gone != tt.gone || answer.Code != tt.code || answer.Rule != tt.rule {
				t.Errorf("served %v, gone %v, %+v", served, gone, answer)
			}
			if len(dir.asked) != tt.asked {
				t.Errorf("the lookups are %v", dir.asked)
			}
		})
	}
}

// A token's scopes are checked for the served route, whatever the gateway has checked.
func TestPermissions(t *testing.T) {
	read, manage := permission.Read, permission.Manage
	tests := map[string]struct {
		principal api.Principal
		groups    []permission.Name
		code      string
	}{
		"the scope":      {api.Principal{ByToken: true, Scopes: []string{"usher:read"}}, []permission.Name{read}, ""},
		"one of two":     {api.Principal{ByToken: true, Scopes: []string{"x", "usher:read"}}, []permission.Name{manage, read}, ""},
		"another scope":  {api.Principal{ByToken: true, Scopes: []string{"usher:read"}}, []permission.Name{manage}, "forbidden"},
		"no scope":       {api.Principal{ByToken: true}, []permission.Name{read}, "forbidden"},
		"a part of it":   {api.Principal{ByToken: true, Scopes: []string{"usher:rea", "usher:read2"}}, []permission.Name{read}, "forbidden"},
		"no token":       {api.Principal{}, []permission.Name{manage}, ""},
		"an empty scope": {api.Principal{ByToken: true, Scopes: []string{""}}, []permission.Name{read}, "forbidden"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			op := operation(func(w http.ResponseWriter, _ *http.Request, _ api.Call) error { return httpapi.NoContent(w, nil) }, "GET /x")
			op.Permissions = tt.groups
			w := httptest.NewRecorder()
			api.Server{Authenticate: apitest.As(tt.principal)}.Handler(op).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
			if tt.code == "" && w.Code != http.StatusNoContent || tt.code != "" && document(t, w).Code != tt.code {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// Unauthenticated callers learn nothing, not even which routes exist.
func TestAuthenticationComesFirst(t *testing.T) {
	refuse := func(*http.Request) (api.Principal, error) {
		return api.Principal{Caller: httpapi.Caller{ID: "late"}}, problem.NotAuthenticated.New("No.")
	}
	served := operation(func(http.ResponseWriter, *http.Request, api.Call) error {
		t.Error("the handler ran")
		return nil
	}, "GET /users/{id}")
	for _, path := range []string{"/users/x", "/nowhere", "/users//", "/users/x?y=1"} {
		var log bytes.Buffer
		h := httpapi.Serve(api.Server{Authenticate: refuse, Fault: errors.New("broken")}.Handler(served), httpapi.ServeOptions{Log: slog.New(slog.NewJSONHandler(&log, nil)), Deadline: time.Hour})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := document(t, w); got.Code != "not-authenticated" || !strings.Contains(log.String(), `"caller":"late"`) {
			t.Errorf("%s: %+v, logged as %s", path, got, log.String())
		}
	}
}

func TestAFaultFailsEveryCall(t *testing.T) {
	h := api.Server{Authenticate: api.Anonymous, Fault: problem.ServiceMisconfigured.New("No.")}.Handler()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/nowhere", nil))
	if got := document(t, w); got.Code != "service-misconfigured" {
		t.Errorf("%+v", got)
	}
}

// The audit log contains a refused change, its user and its actor.
func TestRefusedChangesAreAudited(t *testing.T) {
	op := operation(func(http.ResponseWriter, *http.Request, api.Call) error { return nil }, "PUT /blocks/{id}")
	op.Change, op.Permissions = "user.block", []permission.Name{permission.Support}
	tests := map[string]struct {
		server api.Server
		code   string
	}{
		"by permission": {api.Server{Authenticate: apitest.As(api.Principal{ByToken: true})}, "forbidden"},
		"by limits":     {api.Server{Authenticate: shop, Limits: policyOf(t, `{"unlisted":"refuse","front_ends":[]}`)}, "outside-front-ends-limits"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := httpapi.Serve(tt.server.Handler(op), httpapi.ServeOptions{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: httpapi.LevelAudit})), Deadline: time.Hour})
			r := httptest.NewRequest("PUT", "/blocks/github%7C1", nil)
			r.Header.Set("X-Actor", "github%7C2")
			h.ServeHTTP(httptest.NewRecorder(), r)
			var line struct{ Change, User, Actor, Outcome, Problem string }
			if err := json.Unmarshal(log.Bytes(), &line); err != nil {
				t.Fatalf("%v: %s", err, log.Bytes())
			}
			if line.Change != "user.block" || line.User != "github|1" || line.Actor != "github|2" || line.Outcome != "refused" || line.Problem != tt.code {
				t.Errorf("%s", log.Bytes())
			}
		})
	}
}

// The actor reaches the handler and no check: an actor who is a caller or a user elsewhere changes nothing.
func TestActorDecidesNothing(t *testing.T) {
	const limited = `{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"c","connections":["Customers"]}]}`
	server := func(p api.Principal) api.Server {
		return api.Server{Authenticate: apitest.As(p), Limits: policyOf(t, limited), Directory: &directory{connections: map[string]string{"ours": "Customers", "theirs": "Employees"}}}
	}
	reader := api.Principal{Caller: httpapi.Caller{ID: "c"}, ByToken: true, Scopes: []string{"usher:read"}}
	tests := map[string]struct {
		principal api.Principal
		user      string
		code      string
	}{
		"served":          {reader, "ours", ""},
		"another user":    {reader, "theirs", "outside-front-ends-limits"},
		"unlisted":        {api.Principal{Caller: httpapi.Caller{ID: "d"}}, "ours", "outside-front-ends-limits"},
		"without a scope": {api.Principal{Caller: httpapi.Caller{ID: "c"}, ByToken: true}, "ours", "forbidden"},
		"no such user":    {reader, "nobody", "user-not-found"},
	}
	for name, tt := range tests {
		for _, actor := range []string{"", "c", "d", "ours", "theirs", "nobody"} {
			t.Run(name+" for "+actor, func(t *testing.T) {
				served := false
				op := operation(func(_ http.ResponseWriter, _ *http.Request, c api.Call) error {
					served = true
					if c.Actor != actor || c.Caller != tt.principal.Caller {
						t.Errorf("the actor is %q, the caller %v", c.Actor, c.Caller)
					}
					return nil
				}, "GET /users/{id}")
				r, w := httptest.NewRequest("GET", "/users/"+tt.user, nil), httptest.NewRecorder()
				if actor != "" {
					r.Header.Set("X-Actor", actor)
				}
				server(tt.principal).Handler(op).ServeHTTP(w, r)
				if served != (tt.code == "") || !served && document(t, w).Code != tt.code {
					t.Errorf("served %v: %s", served, w.Body)
				}
			})
		}
	}
}

// An invalid actor is refused before the handler, and not logged.
func TestInvalidActorIsRefused(t *testing.T) {
	op := operation(func(http.ResponseWriter, *http.Request, api.Call) error {
		t.Error("the handler ran")
		return nil
	}, "PUT /blocks/{id}")
	op.Change = "user.block"
	var log bytes.Buffer
	h := httpapi.Serve(serve(api.Server{}, op), httpapi.ServeOptions{Log: slog.New(slog.NewJSONHandler(&log, nil)), Deadline: time.Hour})
	r, w := httptest.NewRequest("PUT", "/blocks/github%7C1", nil), httptest.NewRecorder()
	r.Header.Add("X-Actor", "github|2")
	r.Header.Add("X-Actor", "github|3")
	h.ServeHTTP(w, r)
	if got := document(t, w); got.Code != "invalid-request" || len(got.Errors) != 1 || got.Errors[0].Field != "X-Actor" {
		t.Errorf("%+v", got)
	}
	if strings.Contains(log.String(), `"actor"`) || !strings.Contains(log.String(), `"outcome":"refused"`) {
		t.Errorf("%s", &log)
	}
}
