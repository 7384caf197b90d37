package rotation

import (
	"context"
	"strings"
	"testing"
	"time"

	"usher/internal/secrets"
)

// Two secrets about one application would undo each other: the one's new secret is
// wrong in the other.
func TestAnApplicationIsInOneSecretOnly(t *testing.T) {
	reading := `{"domain":"tenant.example.com","client_id":"reading","client_secret":"s3cr3t-reading"}`
	for name, tt := range map[string]struct {
		other   string
		refused bool
	}{
		"the sign-in application":         {one, true},
		"the managing one":                {strings.Replace(one, `"web"`, `"machine"`, 1), true},
		"the managing one, beside others": {strings.Replace(two, `"web"`, `"another"`, 1), true},
		"one of its own":                  {reading, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := begin(t, two)
			other := r.vault.Add("usher/read", tt.other)
			r.provider.set["reading"] = "s3cr3t-reading"
			handle := Rotate(Options{Secrets: []string{"usher/auth", "usher/read"}, Vault: secrets.NewVault(), Provider: r.provider, Pause: func(context.Context, time.Duration) error { return nil }})
			for id, version := range map[string]string{"usher/read": other.BeginRotation(), "usher/auth": r.version} {
				if id == "usher/auth" && !tt.refused {
					continue // its own tests are enough
				}
				for _, step := range steps {
					err := handle(t.Context(), Event{Step: step, SecretID: id, Version: version})
					if refused := err != nil && strings.Contains(err.Error(), "are both about application"); refused != tt.refused || err != nil && !refused {
						t.Errorf("%s, %s: %v", id, step, err)
					}
				}
			}
			if c := parsed(t, two); tt.refused && (r.provider.set["web"] != c.ClientSecret || r.provider.set["machine"] != c.ManagementClientSecret || other.Text("AWSPENDING") != "") {
				t.Error("something was changed all the same")
			}
		})
	}
}

// A pending version that somebody else has put there may be about other
// applications; their secrets are not ours to change.
func TestAPendingVersionOfAnotherApplicationIsNotSet(t *testing.T) {
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
			r.must("createSecret") // it has a value: that is left alone
			if err := r.step("setSecret"); err == nil || len(r.provider.calls) != 0 || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("%v, %v", err, r.provider.calls)
			}
		})
	}
}

func TestAnotherSecretThatCannotBeReadIsNamed(t *testing.T) {
	r := begin(t, two)
	r.vault.Add("usher/read", "{")
	handle := Rotate(Options{Secrets: []string{"usher/auth", "usher/read"}, Vault: secrets.NewVault(), Provider: r.provider})
	err := handle(t.Context(), Event{Step: "createSecret", SecretID: "usher/auth", Version: r.version})
	if err == nil || !strings.Contains(err.Error(), `the other secret, "usher/read"`) || r.vault.Text("AWSPENDING") != "" {
		t.Errorf("%v", err)
	}
}
