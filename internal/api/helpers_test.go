package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/api"
	"usher/internal/permission"
	"usher/internal/problem"
)

// operation returns an operation that accepts any query. {id} and {user_id} are users.
func operation(handler api.Handler, routes ...string) api.Operation {
	op := api.Operation{Name: "test", Routes: routes, Permissions: []permission.Name{permission.Read}, TakesQuery: true, Handler: handler}
	for _, name := range []string{"id", "user_id"} {
		if strings.Contains(strings.Join(routes, " "), "{"+name+"}") {
			op.Parameters = api.Parameters{name: api.User}
		}
	}
	return op
}

// serve serves the operations without authentication unless the server has one.
func serve(s api.Server, operations ...api.Operation) http.Handler {
	if s.Authenticate == nil {
		s.Authenticate = api.Anonymous
	}
	return s.Handler(operations...)
}

func document(t *testing.T, w *httptest.ResponseRecorder) problem.Document {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != problem.ContentType {
		t.Fatalf("Content-Type is %q, the body %s", got, w.Body)
	}
	var doc problem.Document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}
