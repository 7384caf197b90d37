// Package authorizer lets front-ends in by bearer tokens (RFC 6750): it checks
// an issuer's access token, and says which routes its scopes open. It stands in
// front of the functions as the gateway's Lambda authorizer, and in front of the
// local server.
//
// A token is a JWT as RFC 9068 describes it, read more strictly than it asks:
// whatever two readers could understand differently is refused. Only what the
// issuer signed is believed, by keys that nobody but the issuer names. A refusal
// ([Refusal]) is told apart from keys that could not be had: the first is the
// caller's affair, the second is ours, and neither lets anybody in.
package authorizer
