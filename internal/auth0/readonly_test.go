package auth0

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A request that could change a tenant is refused before it is sent.
func TestReadOnly(t *testing.T) {
	sent := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }))
	defer server.Close()
	transport := NewReadOnly(nil, time.Now)
	tests := map[string]bool{
		"GET /api/v2/users":                       true,
		"GET /.well-known/openid-configuration":   true,
		"POST /oauth/token":                       true,
		"POST /oauth/token/x":                     false,
		"POST /oauth/revoke":                      false,
		"POST /api/v2/users":                      false,
		"PATCH /api/v2/clients/x":                 false,
		"DELETE /api/v2/users/x":                  false,
		"PUT /oauth/token":                        false,
		"POST /dbconnections/change_password":     false,
		"POST /api/v2/clients/x/rotate-secret":    false,
		"PATCH /api/v2/actions/triggers/x/things": false,
	}
	for request, allowed := range tests {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		before := sent
		resp, err := transport.RoundTrip(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		if (err == nil) != allowed || (sent > before) != allowed {
			t.Errorf("%s: %v, and %d were sent", request, err, sent-before)
		}
	}
}

// The largest remainder is kept: the requests here lower the later ones.
func TestBudget(t *testing.T) {
	answers := []http.Header{
		{}, // no rate limit
		{"X-Ratelimit-Limit": {"50"}, "X-Ratelimit-Remaining": {"48"}},
		{"X-Ratelimit-Limit": {"50"}, "X-Ratelimit-Remaining": {"47"}},
		{"X-Ratelimit-Limit": {"many"}, "X-Ratelimit-Remaining": {"49"}},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range answers[0] {
			w.Header()[name] = values
		}
		answers = answers[1:]
		if len(answers) == 0 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer server.Close()
	transport := NewReadOnly(nil, time.Now)
	want := []Budget{
		{},
		{Limit: 50, Left: 48},
		{Limit: 50, Left: 48},
		{Limit: 50, Left: 48, Exceeded: true},
	}
	for i := range want {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v2/roles", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := transport.Budget; got != want[i] {
			t.Errorf("after answer %d: %+v, want %+v", i, got, want[i])
		}
	}
}
