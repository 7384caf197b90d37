package localtenant_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"usher/internal/localtenant"
	"usher/internal/localtenant/tenanttest"
)

// api calls a tenant with a bearer token.
type api struct {
	t     *testing.T
	url   string
	token string
}

func newAPI(t *testing.T, s *tenanttest.Server) *api {
	t.Helper()
	a := &api{t: t, url: s.URL}
	status, body := a.call("POST", "/oauth/token", map[string]any{
		"grant_type": "client_credentials", "client_id": localtenant.ClientID,
		"client_secret": localtenant.ClientSecret, "audience": s.URL + "/api/v2/",
	})
	if status != http.StatusOK {
		t.Fatalf("token: %d %v", status, body)
	}
	a.token = body.(map[string]any)["access_token"].(string)
	return a
}

// call sends a request with a JSON body, or none, and returns what came back.
func (a *api) call(method, path string, in any) (int, any) {
	a.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			a.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, a.url+path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	var out any
	if len(b) > 0 && json.Unmarshal(b, &out) != nil {
		out = string(b)
	}
	return resp.StatusCode, out
}

func TestSmoke(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	for _, c := range []struct {
		method, path string
		in           any
		want         int
	}{
		{"GET", "/api/v2/users?include_totals=true", nil, 200},
		{"GET", "/api/v2/users?q=email:ada*", nil, 200},
		{"POST", "/api/v2/users", map[string]any{"connection": localtenant.Connection, "email": "New@Example.com", "password": "Xy7-abcdef"}, 201},
		{"POST", "/api/v2/users", map[string]any{"connection": localtenant.Connection, "email": "new@example.com", "password": "Xy7-abcdef"}, 409},
		{"GET", "/api/v2/users-by-email?email=new@example.com", nil, 200},
		{"GET", "/api/v2/connections?include_totals=true", nil, 200},
		{"GET", "/api/v2/users/auth0%7Cnobody", nil, 404},
		{"GET", "/.well-known/openid-configuration", nil, 200},
		{"GET", "/.well-known/jwks.json", nil, 200},
		{"GET", "/_tenant/stats", nil, 200},
		{"GET", "/_tenant/outbox", nil, 200},
		{"GET", "/nowhere", nil, 404},
	} {
		status, body := a.call(c.method, c.path, c.in)
		if status != c.want {
			t.Errorf("%s %s: %d, want %d: %v", c.method, c.path, status, c.want, body)
		}
		t.Logf("%s %s: %v", c.method, c.path, body)
	}
}
