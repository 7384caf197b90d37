package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// handler is a handler whose error is written as a problem.
type handler func(http.ResponseWriter, *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		httpapi.WriteProblem(w, r, err)
	}
}

// on serves one route.
func on(route string, h handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(route, h)
	return mux
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
