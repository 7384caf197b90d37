// Package secrets reads the provider's credentials from AWS Secrets Manager
// and keeps them for as long as a Lambda container stays warm.
//
// It owns the form of the secret, its versions and the cache, and for package
// rotation the calls that change them. What the credentials are used for is
// auth0's.
package secrets
