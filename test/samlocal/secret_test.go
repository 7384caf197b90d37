//go:build samlocal

package samlocal

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestSecrets starts a container for every call, so that each reads the secret
// again: a warm container continues with the secret that it has.
func TestSecrets(t *testing.T) {
	t.Parallel()
	cold, err := start("--cold", "--no-build")
	if err != nil {
		t.Fatalf("%v\n%s", err, cold.out.String())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what sam-local.sh printed:\n%s", cold.out.String())
		}
		if err := cold.stop(); err != nil {
			t.Error(err)
		}
	})
	cold.call(t, http.MethodGet, "/users?limit=1", "").want(t, 200)

	right := `{"domain":"` + cold.tenant + `","client_id":"usher-local","client_secret":"usher-local-secret"}`
	for _, tt := range []struct {
		name, secret string // no secret: deleted
		status       int
		code         string
		logged       string // what the log has to say of the cause
	}{
		{"a wrong client secret", strings.Replace(right, "usher-local-secret", "s3cr3t-wrong", 1), 500, "service-misconfigured", `(?i)access_denied|unauthorized|client`},
		{"not JSON", `s3cr3t-broken {"domain":`, 500, "service-misconfigured", `not a JSON object`},
		{"half-filled", `{"domain":"` + cold.tenant + `","client_id":"s3cr3t-half"}`, 500, "service-misconfigured", `lacks \\"client_secret\\"`},
		{"no host", strings.Replace(right, cold.tenant, "https://s3cr3t-domain/path", 1), 500, "service-misconfigured", `not a host name`},
		{"a provider that is not there", strings.Replace(right, cold.tenant, "http://172.17.0.1:9", 1), 503, "provider-unavailable", `refused`},
		{"no secret", "", 500, "service-misconfigured", `no such secret`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			action, input := "PutSecretValue", map[string]any{"SecretString": tt.secret}
			if tt.secret == "" {
				action, input = "DeleteSecret", map[string]any{"ForceDeleteWithoutRecovery": true}
			}
			if err := cold.secretsManager(t.Context(), action, input); err != nil {
				t.Fatal(err)
			}
			if tt.secret != "" { // once more, or the version before, which is right, would do
				if err := cold.secretsManager(t.Context(), action, input); err != nil {
					t.Fatal(err)
				}
			}
			logged := regexp.MustCompile(`"level":"ERROR".*(` + tt.logged + `)`)
			var a answer
			var printed string
			// SAM ends the container right after the call, and now and then loses
			// what it logged; another call logs the same.
			for try := 0; try < 100 && !logged.MatchString(printed); try++ {
				before := len(cold.out.String())
				a = cold.call(t, http.MethodGet, "/users?limit=1", "")
				a.problem(t, tt.status, tt.code)
				for wait := 0; wait < 20 && !logged.MatchString(printed); wait++ {
					time.Sleep(100 * time.Millisecond)
					printed = cold.out.String()[before:]
				}
			}
			if !logged.MatchString(printed) {
				t.Errorf("no error in the log that says %s:\n%s", tt.logged, printed)
			}
			for _, text := range []string{printed, a.String()} {
				if strings.Contains(text, "s3cr3t") || strings.Contains(text, "usher-local-secret") {
					t.Errorf("a secret is told:\n%s", text)
				}
			}
		})
	}
}
