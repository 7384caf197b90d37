package rotation

import (
	"context"
	"strings"
	"testing"
	"time"

	"usher/internal/secrets"
)

// If two secrets contained the same application, a rotation of one would invalidate the other.
func TestSecretsMustNotShareApplications(t *testing.T) {
	reading := `{"domain":"tenant.example.com","client_id":"reading","client_secret":"s3cr3t-reading"}`
	for name, tt := range map[string]struct {
		other   string
		refused bool
	}{
		"the sign-in application":           {one, true},
		"the management application":        {strings.Replace(one, `"web"`, `"machine"`, 1), true},
		"the management application of two": {strings.Replace(two, `"web"`, `"another"`, 1), true},
		"a separate application":            {reading, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := begin(t, two)
			other := r.vault.Add("usher/read", tt.other)
			r.provider.set["reading"] = "s3cr3t-reading"
			handle := Rotate(Options{Secrets: []string{"usher/auth", "usher/read"}, Vault: secrets.NewVault(), Provider: r.provider, Pause: func(context.Context, time.Duration) error { return nil }})
			for id, version := range map[string]string{"usher/read": other.BeginRotation(), "usher/auth": r.version} {
				if id == "usher/auth" && !tt.refused {
					continue // other tests cover it
				}
				for _, step := range steps {
					err := handle(t.Context(), Event{Step: step, SecretID: id, Version: version})
					if refused := err != nil && strings.Contains(err.Error(), "both contain application"); refused != tt.refused || err != nil && !refused {
						t.Errorf("%s, %s: %v", id, step, err)
					}
				}
			}
			if c := parsed(t, two); tt.refused && (r.provider.set["web"] != c.ClientSecret || r.provider.set["machine"] != c.ManagementClientSecret || other.Text("AWSPENDING") != "") {
				t.Error("something was changed")
			}
		})
	}
}

// A pending version from another source may contain other applications, which setSecret must
// not change.
func TestSetSecretRefusesOtherApplications(t *testing.T) {
	for name, other := range map[string]string{
		"domain":      strings.Replace(two, "tenant.example.com", "other.example.com", 1),
		"sign-in":     strings.Replace(two, `"web"`, `"other"`, 1),
		"management":  strings.Replace(two, `"machine"`, `"other"`, 1),
		"broken":      `{"client_secret":"s3cr3t"}`,
		"plain http":  strings.Replace(two, "tenant.example.com", "http://tenant.example.com", 1),
		"application": one,
	} {
		t.Run(name, func(t *testing.T) {
			r := begin(t, two)
			if err := secrets.NewVault().PutPending(t.Context(), "usher/auth", r.version, other); err != nil {
				t.Fatal(err)
			}
			r.must("createSecret") // keeps the existing value
			if err := r.step("setSecret"); err == nil || len(r.provider.calls) != 0 || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("%v, %v", err, r.provider.calls)
			}
		})
	}
}

func TestErrorNamesTheOtherSecret(t *testing.T) {
	r := begin(t, two)
	r.vault.Add("usher/read", "{")
	handle := Rotate(Options{Secrets: []string{"usher/auth", "usher/read"}, Vault: secrets.NewVault(), Provider: r.provider})
	err := handle(t.Context(), Event{Step: "createSecret", SecretID: "usher/auth", Version: r.version})
	if err == nil || !strings.Contains(err.Error(), `the other secret, "usher/read"`) || r.vault.Text("AWSPENDING") != "" {
		t.Errorf("%v", err)
	}
}
