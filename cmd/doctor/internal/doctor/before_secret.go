package doctor

import (
	"context"
	"fmt"
	"strings"

	"usher/cmd/doctor/internal/awsapi"
	"usher/internal/secrets"
)

// checkStackSecret checks the secret that a parameter names. The tenant's part is for the doctor
// with -secret.
func checkStackSecret(parameter string) func(context.Context, deployment) Result {
	return func(ctx context.Context, d deployment) Result {
		arn := d.Get(parameter)
		parts := strings.Split(arn, ":")
		if len(parts) != 7 || parts[2] != "secretsmanager" {
			return wrong(fmt.Sprintf("%s is not the ARN of a secret", parameter), "Copy it: `aws secretsmanager describe-secret --secret-id NAME --query ARN`.")
		}
		if parts[3] != d.aws.Region {
			return wrong(fmt.Sprintf("%s is in %s, and the stack in %s", parameter, parts[3], d.aws.Region), "Create the secret in the region of the stack.")
		}
		if r := d.described(ctx, arn); r.Outcome != OK {
			return r
		}
		return d.contents(ctx, arn)
	}
}

type secretID struct{ SecretId string } //nolint:revive // AWS's spelling

func (d deployment) described(ctx context.Context, arn string) Result {
	var secret struct {
		ARN         string
		DeletedDate float64
	}
	err := d.aws.Post(ctx, awsapi.SecretsManager, "secretsmanager.DescribeSecret", secretID{arn}, &secret)
	switch {
	case missing(err):
		return wrong("there is no secret "+arn, "Create it, as docs/deploy.md says, or copy its ARN with the random suffix.")
	case err != nil:
		return unanswered("secretsmanager:DescribeSecret on the secret", err)
	case secret.ARN != arn:
		return wrong("there is no secret "+arn+", but "+secret.ARN, "Copy the ARN. A new secret of the same name has another suffix.")
	case secret.DeletedDate > 0:
		return wrong(arn+" is scheduled for deletion", "Restore it: `aws secretsmanager restore-secret --secret-id "+arn+"`.")
	}
	return fine("%s", arn)
}

func (d deployment) contents(ctx context.Context, arn string) Result {
	var value struct{ SecretString *string }
	err := d.aws.Post(ctx, awsapi.SecretsManager, "secretsmanager.GetSecretValue", secretID{arn}, &value)
	const advice = "Store a JSON text with domain, client_id and client_secret, as docs/deploy.md shows (`aws secretsmanager put-secret-value`)."
	switch {
	case missing(err):
		return wrong("the secret has no value", advice)
	case err != nil:
		return unanswered("secretsmanager:GetSecretValue on the secret, and kms:Decrypt if it has a key of your own", err)
	case value.SecretString == nil:
		return wrong("the secret holds bytes, and not a text", advice)
	}
	if _, err := secrets.Parse(*value.SecretString, false); err != nil {
		return wrong("the value of the secret is invalid: "+oneLine(err), advice)
	}
	return fine("it exists in this region, and has the right form")
}
