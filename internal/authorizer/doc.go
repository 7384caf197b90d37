// Package authorizer authenticates front-ends by bearer tokens (RFC 6750). It checks an
// issuer's access token and returns the routes that its scopes allow. The gateway uses it as
// a Lambda authorizer; the local server calls it directly.
//
// A token is a JWT access token (RFC 9068). The checks are stricter than the RFC: a token
// that two parsers could read differently is refused. [Refusal] means that the token is
// invalid. Any other error means that the token was not checked, because the issuer's keys
// were not available.
package authorizer
