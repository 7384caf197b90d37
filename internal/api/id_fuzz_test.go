package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"usher/internal/api"
)

// Every accepted ID reaches the handler unchanged, and no ID reaches another route.
func FuzzPathID(f *testing.F) {
	for _, seed := range []string{"auth0|abc", "samlp|x|a/b@c", "..", ".", "", "/", "%2e%2e", "a b", "é", "a\nb", "a\xff", "?#", "a\u200bb", "//", "../..", strings.Repeat("é", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		var got string
		reached := false
		h := serve(api.Server{}, operation(func(_ http.ResponseWriter, _ *http.Request, c api.Call) error {
			reached, got = true, c.User.String()
			return nil
		}, "GET /users/{id}"))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: mustParse(t, "/users/"+url.PathEscape(id))})
		invalid := id == "" || id == "." || id == ".." || id == "/" || len(id) > 400 || !utf8.ValidString(id) ||
			strings.ContainsFunc(id, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) })
		if invalid && w.Code != http.StatusBadRequest {
			t.Errorf("%q: status %d", id, w.Code)
		}
		if !invalid && (!reached || got != id) {
			t.Errorf("%q arrived as %q", id, got)
		}
	})
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
