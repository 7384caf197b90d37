package doctor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"usher/internal/secrets"
)

func checkSecret(f facts) diagnosis {
	switch {
	case f.SecretID == "":
		return unchecked("the credentials are those of a file", "")
	case f.unread != nil:
		finding, advice := readFailure(f.unread, f.SecretID)
		return wrong(finding, advice)
	}
	v := f.versions[0]
	if padded := v.padded(); len(padded) > 0 {
		return wrong("there is white space around "+strings.Join(padded, ", "), "Store the JSON without it: the tenant takes it for a part of the value.")
	}
	applications := "one application does both"
	if !v.oneApplication() {
		applications = "one application signs users in, another one manages them"
	}
	return fine("%s is of %s; %s", currentStage, day(v.made), applications)
}

// padded are the members with white space around them, which is easily copied along.
func (v version) padded() []string {
	c := v.credentials
	var found []string
	for _, member := range []struct{ name, value string }{
		{"client_id", c.ClientID}, {"client_secret", c.ClientSecret},
		{"management_client_id", c.ManagementClientID}, {"management_client_secret", c.ManagementClientSecret},
	} {
		if strings.TrimSpace(member.value) != member.value {
			found = append(found, member.name)
		}
	}
	return found
}

// apiError is an error of the AWS SDK's, whichever service it is from.
type apiError interface {
	error
	ErrorCode() string
	ErrorMessage() string
}

// readFailure says what keeps a secret from being read, and never what is in it.
func readFailure(err error, id string) (finding, advice string) {
	refused, isRefused := errors.AsType[apiError](err)
	switch {
	case errors.Is(err, secrets.ErrNoValue):
		return fmt.Sprintf("Secrets Manager knows no secret %q with a value in this account and region", id),
			"Compare the ARN, and AWS_REGION; create the secret as docs/deploy.md says."
	case errors.Is(err, secrets.ErrBinary):
		return "the secret is binary", "Store it as text: a JSON object."
	case errors.Is(err, errContents):
		return oneLine(err),
			`Store a JSON object of strings: domain, client_id, client_secret, and for a second application management_client_id and management_client_secret.`
	case isRefused:
		return accessFailure(refused, id)
	}
	return "Secrets Manager cannot be asked: " + rootCause(err),
		"Give this command AWS credentials and a region (AWS_PROFILE, AWS_REGION), and a network path to Secrets Manager."
}

// accessFailure tells which right is missing.
func accessFailure(refused apiError, id string) (finding, advice string) {
	code := refused.ErrorCode()
	ofKey := strings.Contains(refused.ErrorMessage(), "KMS") || strings.Contains(refused.ErrorMessage(), "kms:")
	switch {
	case code == "DecryptionFailure", code == "AccessDeniedException" && ofKey:
		return fmt.Sprintf("the caller may not decrypt with the key of secret %q (%s)", id, code),
			"Allow kms:Decrypt on the secret's key, in the key's policy and in the caller's; the functions' roles need it as well."
	case code == "AccessDeniedException":
		return fmt.Sprintf("the caller may not read secret %q (%s)", id, code),
			"Allow secretsmanager:GetSecretValue on the secret, in the caller's policies and in the secret's own, if it has one."
	}
	return fmt.Sprintf("Secrets Manager refuses the request (%s)", code),
		"Compare the AWS credentials (AWS_PROFILE), AWS_REGION and the secret's ARN."
}

func rootCause(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return oneLine(err)
}

func day(at time.Time) string {
	if at.IsZero() {
		return "an unknown day"
	}
	return at.UTC().Format(time.DateOnly)
}

// checkSecretVersions looks for a rotation that began and did not end.
func checkSecretVersions(f facts) diagnosis {
	if f.SecretID == "" {
		return unchecked("the credentials are those of a file", "")
	}
	current, ok := f.current()
	if !ok {
		return unchecked("the secret cannot be read", "")
	}
	if next, rotating := f.staged(pending); rotating {
		return f.ofPending(next)
	}
	old, ok := f.staged(previous)
	if ok && f.accepted(current) == refused && f.accepted(old) == taken {
		return warn("the tenant takes AWSPREVIOUS in place of AWSCURRENT", "The secret was changed, and the tenant was not: set the new one there, or move AWSCURRENT back.")
	}
	switch {
	case f.described.err == nil && f.described.value.Rotating():
		return warn(pending+" is there without a value: a rotation is under way, or stopped at its first step", resumeRotation)
	case f.described.err != nil:
		return unchecked("the secret cannot be described, which would tell of a rotation that has made nothing yet: "+rootCause(f.described.err),
			"To have this checked, allow secretsmanager:DescribeSecret on the secret.")
	case old.foreign:
		return fine("%s is of %s, and no rotation is under way; %s, which is about another domain or application, is never tried", currentStage, day(current.made), previous)
	}
	return fine("%s is of %s, and no rotation is under way", currentStage, day(current.made))
}

const resumeRotation = "If no rotation is running now, resume it: docs/keys.md says how. Leave the label where it is."

// ofPending says what is known of a version that is being rotated to.
func (f facts) ofPending(v version) diagnosis {
	switch {
	case errors.Is(v.err, errContents), errors.Is(v.err, secrets.ErrBinary):
		return warn(pending+" is there, and cannot be used", "See what the rotation's log says; docs/keys.md says how to go on.")
	case v.err != nil:
		finding, advice := readFailure(v.err, f.SecretID)
		return warn(pending+" could not be read: "+finding, advice)
	case v.foreign:
		return warn(pending+" is there, and is about another domain or application than "+currentStage+": no rotation goes on with it",
			"Begin a new rotation, or store what is to be current in "+currentStage+".")
	}
	found := fmt.Sprintf("%s of %s is there, and ", pending, day(v.made))
	switch f.accepted(v) {
	case refused:
		return warn(found+"the tenant refuses it: a rotation is under way, or stopped before it changed the tenant", resumeRotation)
	case taken:
		return warn(found+"the tenant takes it: a rotation is under way, or stopped before its last step", resumeRotation)
	case unknown:
	}
	return warn(found+"what the tenant makes of it is not known", resumeRotation)
}
