package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

// echo responds with the matched pattern and the user in the path.
func echo(w http.ResponseWriter, r *http.Request, c api.Call) error {
	id := ""
	if !c.User.IsZero() {
		id = c.User.String()
	}
	return httpapi.JSON(w, http.StatusOK, r.Pattern+" "+id)
}

var routes = serve(api.Server{}, operation(echo, "GET /users"), operation(echo, "DELETE /users/{id}", "DELETE /users"), operation(echo, "GET /users/{id}"))

func TestRoutes(t *testing.T) {
	tests := map[string]struct{ method, path, want string }{
		"a collection":        {"GET", "/users", "GET /users "},
		"a member":            {"GET", "/users/x", "GET /users/{id} x"},
		"another method":      {"DELETE", "/users/x", "DELETE /users/{id} x"},
		"a second route":      {"DELETE", "/users", "DELETE /users "},
		"an escaped slash":    {"GET", "/users/a%2Fb", "GET /users/{id} a/b"},
		"escaped once":        {"GET", "/users/a%2520b", "GET /users/{id} a%20b"},
		"an escaped question": {"GET", "/users/a%3Fb%23c", "GET /users/{id} a?b#c"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			routes.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
			var got string
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || got != tt.want {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRouterRefuses(t *testing.T) {
	odd := problem.Document{Status: 400, Code: "invalid-request", Detail: "path: no segment may be empty, ., .. or /"}
	long := problem.Document{Status: 400, Code: "invalid-request", Detail: "path: has more than 1300 bytes with its ids percent-encoded"}
	none := problem.Document{Status: 404, Code: "no-such-route", Detail: "There is nothing at this path."}
	tests := map[string]struct {
		method, path string
		want         problem.Document
		allow        string
	}{
		"an unknown path":       {"GET", "/groups", none, ""},
		"the root":              {"GET", "/", none, ""},
		"too deep":              {"GET", "/users/x/y", none, ""},
		"a wrong method":        {"POST", "/users", problem.Document{Status: 405, Code: "method-not-allowed", Detail: "This path accepts DELETE, GET."}, "DELETE, GET"},
		"HEAD":                  {"HEAD", "/users", problem.Document{Status: 405, Code: "method-not-allowed", Detail: "This path accepts DELETE, GET."}, "DELETE, GET"},
		"an unknown method":     {"BREW", "/users/x", problem.Document{Status: 405, Code: "method-not-allowed", Detail: "This path accepts DELETE, GET."}, "DELETE, GET"},
		"two dots":              {"DELETE", "/users/..", odd, ""},
		"two dots before more":  {"GET", "/x/../users", odd, ""},
		"a dot":                 {"GET", "/users/.", odd, ""},
		"a slash":               {"GET", "/users/%2F", odd, ""},
		"a slash, lower case":   {"GET", "/users/%2f", odd, ""},
		"two dots, escaped":     {"GET", "/users/%2e%2E", odd, ""},
		"a dot, escaped":        {"GET", "/users/%2e", odd, ""},
		"a trailing slash":      {"GET", "/users/x/", odd, ""},
		"a leading slash":       {"GET", "//users/x", odd, ""},
		"leading slashes":       {"GET", "///users/x", odd, ""},
		"a double slash":        {"GET", "/users//x", odd, ""},
		"a slash, unknown path": {"GET", "/nowhere/", odd, ""},
		"too long":              {"GET", "/users/" + strings.Repeat("x", 1294), long, ""},
		"too long, encoded":     {"GET", "/users/" + strings.Repeat("%C3%A9", 216), long, ""},
		"too long to encode":    {"GET", "/users/" + strings.Repeat("@", 432), long, ""},
		"an empty id":           {"DELETE", "/users/", odd, ""},
		"an empty segment":      {"GET", "//users", odd, ""},
		"an empty path":         {"GET", "", odd, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/", nil)
			r.URL = mustParse(t, "http://x.example"+tt.path)
			w := httptest.NewRecorder()
			routes.ServeHTTP(w, r)
			got := document(t, w)
			if got.Status != w.Code {
				t.Errorf("status %d, in the document %d", w.Code, got.Status)
			}
			if diff := cmp.Diff(tt.want, problem.Document{Status: got.Status, Code: got.Code, Detail: got.Detail}); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.allow, w.Header().Get("Allow")); diff != "" {
				t.Errorf("Allow: %s", diff)
			}
			if got := w.Header().Get("Location"); got != "" {
				t.Errorf("a redirect to %s", got)
			}
		})
	}
}
