package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/cmd/doctor/internal/awsapi"
	"usher/internal/secrets"
)

// The staging labels of a secret's versions.
const (
	currentStage = "AWSCURRENT"
	pending      = "AWSPENDING"
	previous     = "AWSPREVIOUS"
)

// gatherVersions finds the credentials: the file's, or the secret's in all
// versions that it has.
func (f *facts) gatherVersions(ctx context.Context, timeout time.Duration) {
	if f.SecretID == "" {
		if _, err := f.Credentials.Complete(false); err == nil { // otherwise the check of the configuration fails
			f.versions = []version{{credentials: f.Credentials}}
		}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	client, err := awsapi.SecretsManagerClient(ctx)
	if err != nil {
		f.unread = err
		return
	}
	vault := secrets.NewVaultOf(client)
	for _, stage := range []string{currentStage, pending, previous} {
		v := readVersion(ctx, vault, f.SecretID, stage)
		switch {
		case stage == currentStage && v.err != nil:
			f.unread = v.err
			return
		case errors.Is(v.err, secrets.ErrNoValue): // it need not be there
		case stage == pending && v.credentials == f.versions[0].credentials: // the label stays where a rotation has ended
		default:
			v.foreign = len(f.versions) > 0 && v.err == nil && !v.credentials.SameApplications(f.versions[0].credentials)
			f.versions = append(f.versions, v)
		}
	}
	f.described = read(vault.Describe(ctx, f.SecretID)) // of a version without a value nothing else tells
}

func readVersion(ctx context.Context, vault *secrets.Vault, id, stage string) version {
	text, made, err := vault.Version(ctx, id, stage)
	if err != nil {
		return version{stage: stage, err: err}
	}
	parsed, err := secrets.Parse(text, false)
	if err != nil {
		err = fmt.Errorf("%w: %w", errContents, err)
	}
	return version{stage: stage, made: made, credentials: parsed, err: err}
}

// errContents says that a version can be read, and is not as it should be.
var errContents = errors.New("its contents are wrong")
