// Package sigv4 verifies AWS Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html) in the local server,
// as the gateway does before it calls a function.
//
// AWS's signer computes the signature again. The package refuses requests that the signers of
// different languages sign differently, so that an accepted request is valid for all of them.
package sigv4
