// Package apitest serves single operations in the tests of their packages, and reads
// the responses.
package apitest

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
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Unlimited is a server for every caller.
var Unlimited = api.Server{Authenticate: api.Anonymous}

// As authenticates every call as this principal's.
func As(p api.Principal) func(*http.Request) (api.Principal, error) {
	return func(*http.Request) (api.Principal, error) { return p, nil }
}

// connections are the users' connections, by user id.
type connections map[string]string

func (c connections) ConnectionOf(_ context.Context, userID string) (string, error) {
	if connection, ok := c[userID]; ok {
		return connection, nil
	}
	return "", problem.UserNotFound.New("No.")
}

// Limited is a server for the front-end "shop", which is limited to the connection
// Customers. The user "ours" belongs to it, and "theirs" to another.
func Limited(t *testing.T) api.Server {
	t.Helper()
	const document = `{"unlisted":"refuse","front_ends":[{"name":"shop","client_id":"c","connections":["Customers"]}]}`
	policy, err := limits.Parse(document, limits.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	return api.Server{
		Authenticate: As(api.Principal{Caller: httpapi.Caller{ID: "c"}}),
		Limits:       policy,
		Directory:    connections{"ours": "Customers", "theirs": "Employees"},
	}
}

// WithToken is a server for a caller whose token has these scopes.
func WithToken(scopes ...string) api.Server {
	return api.Server{Authenticate: As(api.Principal{ByToken: true, Scopes: scopes})}
}

// Response is the response in short: the status, and the body or what identifies a
// problem. It checks the headers, except those named.
func Response(t *testing.T, w *httptest.ResponseRecorder, except ...string) string {
	t.Helper()
	parts, header := []string{strconv.Itoa(w.Code)}, http.Header{}
	if w.Code != http.StatusNoContent {
		header.Set("Content-Type", "application/json")
	}
	if w.Code < http.StatusBadRequest {
		parts = append(parts, strings.TrimSuffix(w.Body.String(), "\n"))
	} else {
		doc := Document(t, w)
		parts = append(parts, doc.Code, doc.Rule)
		for _, field := range doc.Errors {
			parts = append(parts, field.Field)
		}
		header.Set("Content-Type", problem.ContentType)
	}
	sent := w.Header().Clone()
	for _, name := range except {
		sent.Del(name)
	}
	if diff := cmp.Diff(header, sent); diff != "" {
		t.Errorf("headers: %s", diff)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// Document is the problem in the response.
func Document(t *testing.T, w *httptest.ResponseRecorder) (doc problem.Document) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.Status != w.Code {
		t.Fatalf("status %d with %s", w.Code, w.Body)
	}
	return doc
}
