//go:build moto

package rotation

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"usher/internal/secrets"
	"usher/test/testkit"
	"usher/test/testkit/moto"
)

// These tests run against moto. They show that the fake in secretstest behaves the same.

// enable enables rotation. Without a function to run, moto makes an empty version the current
// one, so enable puts the secret again.
func enable(t *testing.T, aws *secretsmanager.Client, id, text string) {
	t.Helper()
	_, err := aws.RotateSecret(t.Context(), &secretsmanager.RotateSecretInput{SecretId: &id, RotationRules: &types.RotationRulesType{AutomaticallyAfterDays: new(int64(30))}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := aws.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &id, SecretString: &text}); err != nil {
		t.Fatal(err)
	}
}

func TestRotationAgainstMoto(t *testing.T) {
	_, aws := moto.Start(t)
	id, text, token := "usher/auth", two, "6e5c0c3c-3f2b-4f0e-9d5a-0c8f6f1a2b3c"
	if _, err := aws.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &id, SecretString: &text}); err != nil {
		t.Fatal(err)
	}
	p := knowing(parsed(t, two))
	handle := Rotate(Options{Secrets: []string{id}, Vault: secrets.NewVault(), Provider: p, Pause: func(context.Context, time.Duration) error { return nil }})
	step := func(name string) error { return handle(t.Context(), Event{Step: name, SecretID: id, Version: token}) }
	if err := step("createSecret"); err == nil {
		t.Error("no error for a secret without rotation")
	}
	enable(t, aws, id, text)
	if err := step("createSecret"); err == nil {
		t.Error("no error for an unknown version")
	}
	// moto labels a version only together with a value.
	renewed, err := secrets.Renew(text, generate)
	if err != nil {
		t.Fatal(err)
	}
	if err := secrets.NewVault().PutPending(t.Context(), id, token, renewed); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, name := range steps {
			for range 2 {
				if err := step(name); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
	}
	versions, err := secrets.NewManager(secrets.Options{SecretID: id, TTL: time.Minute, Timeout: testkit.Patience}).Versions(t.Context())
	if err != nil || versions.Current != parsed(t, renewed) || versions.Previous != parsed(t, two) || versions.Pending != (secrets.Credentials{}) {
		t.Errorf("%v, %v", versions, err)
	}
	if p.set["web"] != versions.Current.ClientSecret || p.set["machine"] != versions.Current.ManagementClientSecret {
		t.Error("the provider has other secrets")
	}
}
