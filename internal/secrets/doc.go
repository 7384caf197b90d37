// Package secrets reads the provider's credentials from AWS Secrets Manager and caches them
// while a Lambda instance is warm.
//
// It defines the format of the secret and handles its versions. For package rotation it also
// changes them. Package auth0 uses the credentials.
package secrets
