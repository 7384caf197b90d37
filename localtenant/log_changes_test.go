package localtenant_test

import (
	"net/http"
	"strings"
	"testing"

	"usher/localtenant/tenanttest"
)

// A change is in the log with the correlation id that came; what reads, or
// fails, is not.
func TestChangesAreLogged(t *testing.T) {
	s := tenanttest.Start(t)
	a := newAPI(t, s)
	const ada = "/api/v2/users/auth0%7C65e19a100000000000000001"
	send := func(method, path, body, correlationID string, status int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+a.token)
		r.Header.Set("Content-Type", "application/json")
		if correlationID != "" {
			r.Header.Set("X-Correlation-ID", correlationID)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Fatalf("%s %s: %d", method, path, resp.StatusCode)
		}
	}
	send("PATCH", ada, `{"name":"A"}`, "r-1", 200)
	send("PATCH", ada, `{"name":"B"}`, strings.Repeat("x", 65), 200)
	send("PATCH", ada, `{"name":"C"}`, "", 200)
	send("PATCH", ada, `{"name":7}`, "r-2", 400)
	send("GET", ada, "", "r-3", 200)
	log := s.Tenant.Log()
	if len(log) != 3 {
		t.Fatalf("%d lines: %v", len(log), log)
	}
	for i, want := range []string{"r-1", strings.Repeat("x", 64), ""} {
		if l := log[i]; l.Type != "sapi" || l.CorrelationID != want || l.Method != "PATCH" || l.Path != ada || l.UserID != "" {
			t.Errorf("line %d: %+v", i, l)
		}
	}
	line := a.obj("GET", "/api/v2/logs/"+log[0].ID, nil, 200)
	if references, _ := line["references"].(map[string]any); references["correlation_id"] != "r-1" {
		t.Errorf("the line shows %v", line)
	}
	if logs := a.list(ada + "/logs"); len(logs) != 0 {
		t.Errorf("the user's own log has %v", logs)
	}
	if all := a.obj("GET", "/_tenant/log", nil, 200)["logs"].([]any); len(all) != 3 || all[2].(map[string]any)["log_id"] != log[0].ID {
		t.Errorf("the whole log is %v", all)
	}
	a.obj("GET", ada+"/logs?page=10&per_page=100", nil, 400)
}
