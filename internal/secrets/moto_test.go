//go:build moto

package secrets

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"usher/internal/problem"
	"usher/test/testkit"
	"usher/test/testkit/moto"
)

// These tests run against moto. As in a Lambda function, the manager is configured only by the
// environment.

func TestManagerAgainstMoto(t *testing.T) {
	_, aws := moto.Start(t)
	t.Run("rotation", func(t *testing.T) { testRotation(t, aws) })
	t.Run("pending", func(t *testing.T) { testPending(t, aws) })

	tests := map[string]struct {
		text string // "" for no secret
		says string
	}{
		"missing":     {"", "no such secret"},
		"broken":      {`{"domain":"tenant.example.com","client_secret":"s3cr3t`, "not a JSON object"},
		"half-filled": {`{"domain":"tenant.example.com","client_secret":"s3cr3t"}`, `lacks "client_id"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			id := "usher/" + name
			if tt.text != "" {
				create(t, aws, id, &secretsmanager.CreateSecretInput{SecretString: &tt.text})
			}
			_, err := fromEnvironment(id, time.Minute).Current(t.Context())
			wantProblem(t, err, problem.ServiceMisconfigured, tt.says)
		})
	}
	t.Run("binary", func(t *testing.T) {
		create(t, aws, "usher/binary", &secretsmanager.CreateSecretInput{SecretBinary: []byte(hidden)})
		_, err := fromEnvironment("usher/binary", time.Minute).Current(t.Context())
		wantProblem(t, err, problem.ServiceMisconfigured, "binary")
	})
	t.Run("no server", func(t *testing.T) {
		t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")
		_, err := fromEnvironment("usher/rotation", time.Minute).Current(t.Context())
		wantProblem(t, err, problem.ServiceUnavailable, "usher/rotation")
	})
}

func testRotation(t *testing.T, aws *secretsmanager.Client) {
	first, second := secretAt("old.example.com"), secretAt("new.example.com")
	id := "usher/rotation"
	arn := create(t, aws, id, &secretsmanager.CreateSecretInput{SecretString: &first})
	warm := fromEnvironment(id, time.Hour)
	old, err := warm.Current(t.Context())
	if err != nil || old.Domain != "old.example.com" || old.ClientSecret != "s3cr3t-web" {
		t.Fatalf("%v, %v", old, err)
	}
	if before, err := warm.Versions(t.Context()); err != nil || before.Current != old || len(before.Others()) > 0 || !before.Changing() {
		t.Errorf("before: %v, %v", before, err)
	}
	if _, err := aws.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &id, SecretString: &second}); err != nil {
		t.Fatal(err)
	}
	reload := func(ctx context.Context) (Credentials, error) { return warm.Reload(ctx, old) }
	cold := fromEnvironment(arn, time.Hour) // by its ARN, as the template names it
	for _, step := range []struct {
		what string
		get  func(context.Context) (Credentials, error)
		want string
	}{
		{"within the TTL", warm.Current, "old.example.com"},
		{"reloaded", reload, "new.example.com"},
		{"afterwards", warm.Current, "new.example.com"},
		{"previous", previousOf(warm), "old.example.com"},
		{"in a cold instance", cold.Current, "new.example.com"},
		{"previous in a cold instance", previousOf(cold), "old.example.com"},
	} {
		if got := domainOf(t, step.get); got != step.want {
			t.Errorf("%s: %s, want %s", step.what, got, step.want)
		}
	}
}

func previousOf(m *Manager) func(context.Context) (Credentials, error) {
	return func(ctx context.Context) (Credentials, error) {
		v, err := m.Versions(ctx)
		return v.Previous, err
	}
}

// A rotation stores the new value as a pending version before the provider gets it.
func testPending(t *testing.T, aws *secretsmanager.Client) {
	first, second := secretAt("old.example.com"), secretAt("new.example.com")
	id, token := "usher/pending", "6e5c0c3c-3f2b-4f0e-9d5a-0c8f6f1a2b3c"
	create(t, aws, id, &secretsmanager.CreateSecretInput{SecretString: &first})
	m := fromEnvironment(id, time.Hour)
	if _, err := aws.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: &id, ClientRequestToken: &token, SecretString: &second, VersionStages: []string{stagePending},
	}); err != nil {
		t.Fatal(err)
	}
	v, err := m.Versions(t.Context())
	if err != nil || v.Current.Domain != "old.example.com" || v.Pending.Domain != "new.example.com" || v.Previous != (Credentials{}) || !v.Changing() {
		t.Errorf("%v, %v", v, err)
	}
}

func create(t *testing.T, aws *secretsmanager.Client, id string, in *secretsmanager.CreateSecretInput) (arn string) {
	t.Helper()
	in.Name = &id
	out, err := aws.CreateSecret(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.ARN
}

func fromEnvironment(id string, ttl time.Duration) *Manager {
	return NewManager(Options{SecretID: id, TTL: ttl, Timeout: testkit.Patience, Log: slog.New(slog.DiscardHandler)})
}
