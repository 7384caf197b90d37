package doctor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"usher/internal/secrets"
)

func checkSecret(f facts) Result {
	switch {
	case f.SecretID == "":
		return unchecked("the credentials are those of a file", "")
	case f.unread != nil:
		finding, advice := readFailure(f.unread, f.SecretID)
		return wrong(finding, advice)
	}
	v, c := f.current(), f.current().credentials
	var padded []string // white space is easily copied along
	for _, member := range []struct{ name, value string }{
		{"client_id", c.ClientID}, {"client_secret", c.ClientSecret},
		{"management_client_id", c.ManagementClientID}, {"management_client_secret", c.ManagementClientSecret},
	} {
		if strings.TrimSpace(member.value) != member.value {
			padded = append(padded, member.name)
		}
	}
	switch {
	case len(padded) > 0:
		return wrong("there is white space around "+strings.Join(padded, ", "),
			"Store the JSON without it: the tenant takes it for a part of the value.")
	case v.oneApplication():
		return fine("%s is of %s; one application does both", currentStage, day(v.made))
	}
	return fine("%s is of %s; one application signs users in, another one manages them", currentStage, day(v.made))
}

// apiError is an error of any AWS service.
type apiError interface {
	error
	ErrorCode() string
	ErrorMessage() string
}

// readFailure says why a secret cannot be read. It never quotes the content.
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

// accessFailure names the missing permission.
func accessFailure(refused apiError, id string) (finding, advice string) {
	code := refused.ErrorCode()
	ofKey := strings.Contains(refused.ErrorMessage(), "KMS") || strings.Contains(refused.ErrorMessage(), "kms:")
	switch {
	case code == "DecryptionFailure", code == "AccessDeniedException" && ofKey:
		return fmt.Sprintf("the caller may not decrypt with the key of secret %q (%s)", id, code),
			"Allow kms:Decrypt in the key's policy and in the caller's; the functions' roles need it as well."
	case code == "AccessDeniedException":
		return fmt.Sprintf("the caller may not read secret %q (%s)", id, code),
			"Allow secretsmanager:GetSecretValue in the caller's policies and in the secret's own, if it has one."
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
func checkSecretVersions(f facts) Result {
	switch {
	case f.SecretID == "":
		return unchecked("the credentials are those of a file", "")
	case len(f.versions) == 0:
		return unchecked("the secret cannot be read", "")
	}
	if next := f.staged(pending); next.stage != "" {
		return f.ofPending(next)
	}
	old := f.staged(previous)
	settled := fmt.Sprintf("%s is of %s, and no rotation is under way", currentStage, day(f.current().made))
	switch {
	case f.accepted(f.current()) == refused && f.accepted(old) == taken:
		return warn("the tenant takes AWSPREVIOUS in place of AWSCURRENT",
			"The secret was changed, and the tenant was not: set the new one there, or move AWSCURRENT back.")
	case f.described.err == nil && f.described.value.Rotating():
		return warn(pending+" is without a value: a rotation is under way, or stopped at its first step", resumeRotation)
	case f.described.err != nil:
		return unchecked("the secret cannot be described, which would show a rotation before its first step: "+
			rootCause(f.described.err), "To have this checked, allow secretsmanager:DescribeSecret on the secret.")
	case old.foreign:
		return fine("%s; %s, which is about another domain or application, is never tried", settled, previous)
	}
	return fine("%s", settled)
}

const resumeRotation = "If no rotation is running now, resume it as docs/keys.md says. Do not move the label."

// ofPending is the result for a version that is being rotated to.
func (f facts) ofPending(v version) Result {
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
	verdict := map[verdict]string{
		refused: "the tenant refuses it: a rotation is under way, or stopped before it changed the tenant",
		taken:   "the tenant takes it: a rotation is under way, or stopped before its last step",
		unknown: "the tenant gives no answer about it",
	}[f.accepted(v)]
	return warn(fmt.Sprintf("%s of %s is there, and %s", pending, day(v.made), verdict), resumeRotation)
}
