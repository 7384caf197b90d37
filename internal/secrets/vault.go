package secrets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// ErrNoValue means that a version of a secret does not exist or has no value.
var ErrNoValue = errors.New("the version has no value")

// ErrBinary means that a version is not text.
var ErrBinary = errors.New("the version is binary, not text")

// Vault reads and changes secrets in Secrets Manager. It has no cache.
type Vault struct{ client *secretsmanager.Client }

// NewVault returns a Vault that is configured by a function's environment.
func NewVault() *Vault { return NewVaultOf(newClient(os.Getenv)) }

// NewVaultOf returns a Vault that uses a client.
func NewVaultOf(client *secretsmanager.Client) *Vault { return &Vault{client} }

// Description is the metadata of a secret.
type Description struct {
	Rotates bool                // whether rotation is enabled
	Stages  map[string][]string // staging labels by version ID
}

// Is reports whether a version has a staging label.
func (d Description) Is(version, stage string) bool { return slices.Contains(d.Stages[version], stage) }

// CurrentVersion returns the ID of the version with AWSCURRENT; "" if there is none.
func (d Description) CurrentVersion() string { return d.with(stageCurrent) }

// Rotating reports whether a version has AWSPENDING and is not the current one.
func (d Description) Rotating() bool {
	pending := d.with(stagePending) // a finished rotation keeps the label
	return pending != "" && pending != d.CurrentVersion()
}

func (d Description) with(stage string) string {
	for version := range d.Stages {
		if d.Is(version, stage) {
			return version
		}
	}
	return ""
}

// Describe returns the metadata of a secret.
func (v *Vault) Describe(ctx context.Context, secretID string) (Description, error) {
	out, err := v.client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &secretID})
	if err != nil {
		return Description{}, fmt.Errorf("describe secret %q: %w", secretID, err)
	}
	return Description{Rotates: aws.ToBool(out.RotationEnabled), Stages: out.VersionIdsToStages}, nil
}

// Current returns the text of the version with AWSCURRENT.
func (v *Vault) Current(ctx context.Context, secretID string) (string, error) {
	text, _, err := v.Version(ctx, secretID, stageCurrent)
	return text, err
}

// Pending returns the text of a version with AWSPENDING, or ErrNoValue.
func (v *Vault) Pending(ctx context.Context, secretID, version string) (string, error) {
	text, _, err := v.get(ctx, secretID, stagePending, &version)
	return text, err
}

// Version returns the text and the creation time of the version with a staging label, or
// ErrNoValue.
func (v *Vault) Version(ctx context.Context, secretID, stage string) (text string, made time.Time, err error) {
	return v.get(ctx, secretID, stage, nil)
}

func (v *Vault) get(ctx context.Context, secretID, stage string, version *string) (string, time.Time, error) {
	in := &secretsmanager.GetSecretValueInput{SecretId: &secretID, VersionStage: &stage, VersionId: version}
	text, made, err := value(ctx, v.client, in)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("read %s of secret %q: %w", stage, secretID, err)
	}
	return text, made, nil
}

// value returns the text and the creation time of a version. It fails with ErrNoValue or
// ErrBinary if there is no text.
func value(ctx context.Context, client Getter, in *secretsmanager.GetSecretValueInput) (string, time.Time, error) {
	out, err := client.GetSecretValue(ctx, in)
	_, none := errors.AsType[*types.ResourceNotFoundException](err)
	switch {
	case none:
		return "", time.Time{}, ErrNoValue
	case err != nil:
		return "", time.Time{}, err
	case out.SecretString == nil:
		return "", time.Time{}, ErrBinary
	}
	return *out.SecretString, aws.ToTime(out.CreatedDate), nil
}

// PutPending sets the text of a version and gives it AWSPENDING. If the version already has
// a different text, PutPending keeps it, because a concurrent call may have used it.
func (v *Vault) PutPending(ctx context.Context, secretID, version, text string) error {
	_, err := v.client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: &secretID, ClientRequestToken: &version, SecretString: &text, VersionStages: []string{stagePending},
	})
	if _, exists := errors.AsType[*types.ResourceExistsException](err); err != nil && !exists {
		return fmt.Errorf("put a pending version of secret %q: %w", secretID, err)
	}
	return nil
}

// MakeCurrent moves AWSCURRENT from one version to another. Secrets Manager then moves
// AWSPREVIOUS to the first.
func (v *Vault) MakeCurrent(ctx context.Context, secretID, from, to string) error {
	_, err := v.client.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &secretID, VersionStage: new(stageCurrent), RemoveFromVersionId: &from, MoveToVersionId: &to,
	})
	if err != nil {
		return fmt.Errorf("make version %s of secret %q the current one: %w", to, secretID, err)
	}
	return nil
}
