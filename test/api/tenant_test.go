package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"usher/internal/localtenant"
)

// configure changes the tenant's settings.
func (s *service) configure(t *testing.T, change func(*localtenant.Settings)) {
	t.Helper()
	if err := s.tenant.Tenant.Configure(change); err != nil {
		t.Fatal(err)
	}
}

// manage calls the tenant's own API, as an administrator beside the service
// does, and wants it to succeed.
func (s *service) manage(t *testing.T, method, path, body string) any {
	t.Helper()
	grant := `{"grant_type":"client_credentials","client_id":"` + localtenant.ClientID + `","client_secret":"` + localtenant.ClientSecret + `","audience":"` + s.tenant.Tenant.Audience() + `"}`
	token := s.atTenant(t, "POST", "/oauth/token", grant, "").(map[string]any)["access_token"].(string)
	return s.atTenant(t, method, "/api/v2"+path, body, token)
}

func (s *service) atTenant(t *testing.T, method, path, body, token string) any {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), method, s.tenant.URL+path, strings.NewReader(body)))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp := must(http.DefaultClient.Do(r))
	defer resp.Body.Close()
	read := must(io.ReadAll(resp.Body))
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, read)
	}
	var out any
	if len(read) > 0 {
		if err := json.Unmarshal(read, &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
