package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
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
	return s.atTenant(t, method, "/api/v2"+path, body, managementToken(t, s))
}

// managementToken is one of the administrator's own.
func managementToken(t *testing.T, s *service) string {
	t.Helper()
	grant := `{"grant_type":"client_credentials","client_id":"` + localtenant.ClientID + `","client_secret":"` + localtenant.ClientSecret + `","audience":"` + s.tenant.Tenant.Audience() + `"}`
	return s.atTenant(t, "POST", "/oauth/token", grant, "").(map[string]any)["access_token"].(string)
}

func (s *service) atTenant(t *testing.T, method, path, body, token string) any {
	t.Helper()
	status, read := s.onceAtTenant(t, method, path, body, token)
	for range 100 { // a rough tenant makes the administrator wait, too
		if !*rough || status != http.StatusTooManyRequests && status < http.StatusInternalServerError && status != 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
		status, read = s.onceAtTenant(t, method, path, body, token)
	}
	if status == 0 || status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, read)
	}
	var out any
	if len(read) > 0 {
		if err := json.Unmarshal(read, &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// onceAtTenant returns status 0 where there was no answer.
func (s *service) onceAtTenant(t *testing.T, method, path, body, token string) (status int, read []byte) {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), method, s.tenant.URL+path, strings.NewReader(body)))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	if read, err = io.ReadAll(resp.Body); err != nil {
		return 0, nil
	}
	return resp.StatusCode, read
}
