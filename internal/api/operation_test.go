package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/api"
	"usher/internal/permission"
)

// A function with an incomplete declaration does not start.
func TestIncompleteDeclarations(t *testing.T) {
	tests := map[string]struct {
		change func(*api.Operation)
		says   string
	}{
		"no name":                  {func(o *api.Operation) { o.Name = "" }, "has no name"},
		"no route":                 {func(o *api.Operation) { o.Routes, o.Parameters = nil, nil }, "has no route"},
		"no permission":            {func(o *api.Operation) { o.Permissions = nil }, "has no permission group"},
		"an unknown permission":    {func(o *api.Operation) { o.Permissions = []permission.Name{"UsherAll"} }, `"UsherAll"`},
		"no handler":               {func(o *api.Operation) { o.Handler = nil }, "has no handler"},
		"no parameters":            {func(o *api.Operation) { o.Parameters = nil }, "does not declare the kind of {id}"},
		"another parameter":        {func(o *api.Operation) { o.Parameters = api.Parameters{"thing": api.User} }, "does not declare the kind of {id}"},
		"an unused parameter":      {func(o *api.Operation) { o.Parameters["x"] = api.Session }, "declares {x}, which is in no route"},
		"an unknown kind":          {func(o *api.Operation) { o.Parameters["id"] = "thing" }, `unknown kind "thing"`},
		"no kind":                  {func(o *api.Operation) { o.Parameters["id"] = "" }, `unknown kind ""`},
		"two users":                {func(o *api.Operation) { o.Routes = []string{"GET /things/{id}/{x}"}; o.Parameters["x"] = api.User }, "several users"},
		"a second, undeclared":     {func(o *api.Operation) { o.Routes = append(o.Routes, "GET /things/{id}/{x}") }, "does not declare the kind of {x}"},
		"no method":                {func(o *api.Operation) { o.Routes = []string{"/things/{id}"} }, "malformed route"},
		"the rest of the path":     {func(o *api.Operation) { o.Routes = []string{"GET /things/{id...}"} }, "malformed route"},
		"a trailing slash":         {func(o *api.Operation) { o.Routes = []string{"GET /things/{id}/"} }, "malformed route"},
		"a parameter in a segment": {func(o *api.Operation) { o.Routes = []string{"GET /things/x{id}"} }, "malformed route"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			op := operation(func(http.ResponseWriter, *http.Request, api.Call) error { return nil }, "GET /things/{id}")
			tt.change(&op)
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, tt.says) {
					t.Errorf("the panic is %s", got)
				}
			}()
			serve(api.Server{}, op)
			t.Error("no panic")
		})
	}
}

// A handler cannot confuse a user's ID with another parameter, nor use an unchecked one.
func TestParametersOfACall(t *testing.T) {
	tests := map[string]struct {
		read func(api.Call) string
		want string // "" for a panic
	}{
		"the user":                 {func(c api.Call) string { return c.User.String() }, "auth0|1"},
		"the session":              {func(c api.Call) string { return c.Parameter("session") }, "s1"},
		"the user as a parameter":  {func(c api.Call) string { return c.Parameter("id") }, ""},
		"an undeclared parameter":  {func(c api.Call) string { return c.Parameter("x") }, ""},
		"the user of another call": {func(api.Call) string { return api.Call{}.User.String() }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got any
			op := operation(func(_ http.ResponseWriter, _ *http.Request, c api.Call) error {
				defer func() {
					if failed := recover(); failed != nil {
						got = ""
					}
				}()
				got = tt.read(c)
				return nil
			}, "GET /things/{id}/{session}")
			op.Parameters["session"] = api.Session
			serve(api.Server{}, op).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/things/auth0%7C1/s1", nil))
			if got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
