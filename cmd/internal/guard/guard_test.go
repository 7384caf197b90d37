package guard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"usher/cmd/internal/guard"
)

var reached = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

func TestHosts(t *testing.T) {
	for host, want := range map[string]int{
		"localhost": 204, "localhost:3000": 204, "127.0.0.1:3000": 204, "127.9.9.9": 204, "[::1]": 204, "[::1]:3000": 204,
		"172.17.0.1:3000": 204, "172.17.0.2:3000": 421, "10.0.0.1:3000": 421,
		"evil.example.com": 421, "evil.example.com:3000": 421, "localhost.evil.example.com": 421, "127.0.0.1.evil.example.com": 421,
		"localhost.:3000": 421, "": 421,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		guard.Hosts(reached, "172.17.0.1").ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	tests := map[string]struct {
		method, site, origin string
		want                 int
	}{
		"not a browser":                  {"POST", "", "", 204},
		"the same origin":                {"POST", "same-origin", "http://127.0.0.1:3000", 204},
		"a typed address":                {"POST", "none", "", 204},
		"another site":                   {"POST", "cross-site", "https://evil.example.com", 403},
		"another port":                   {"DELETE", "same-site", "http://127.0.0.1:8080", 403},
		"an old browser, same origin":    {"POST", "", "http://127.0.0.1:3000", 204},
		"an old browser, another origin": {"POST", "", "https://evil.example.com", 403},
		"an opaque origin":               {"POST", "", "null", 403},
		"a link":                         {"GET", "cross-site", "", 204},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "http://127.0.0.1:3000/", nil)
			for header, value := range map[string]string{"Sec-Fetch-Site": tt.site, "Origin": tt.origin} {
				if value != "" {
					r.Header.Set(header, value)
				}
			}
			w := httptest.NewRecorder()
			guard.SameOrigin(reached).ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("%d, want %d", w.Code, tt.want)
			}
		})
	}
}
