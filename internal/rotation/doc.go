// Package rotation changes the applications' secrets at the provider, in the
// four steps in which Secrets Manager has it done
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html).
//
// It is a domain without routes: Secrets Manager calls it, and no front-end can.
// How the functions that use a secret get over its change is auth0's, what a
// secret holds is that of package secrets, and why the steps are as they are is
// in docs/adr/0008-versions-of-the-secret.md.
package rotation
