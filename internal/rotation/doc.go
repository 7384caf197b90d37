// Package rotation rotates the applications' secrets, in the four steps of Secrets Manager
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html).
//
// It is a domain without routes, since only Secrets Manager calls it. Package auth0 handles
// a changed secret in other functions. docs/adr/0008-versions-of-the-secret.md explains the
// steps.
package rotation
