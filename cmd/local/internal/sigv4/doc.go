// Package sigv4 checks requests that are signed with AWS Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), as the
// gateway does before it calls a function: for the local server, where there is
// no gateway. Functions never import it.
//
// The signature itself is computed by AWS's own signer. This package reads what
// the client says that it signed, and refuses what the signers of different
// languages would not agree on: what passes here passes there.
package sigv4
