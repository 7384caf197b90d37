// Package jwks keeps the public keys with which somebody else signs tokens, and
// checks signatures by them: an ID token's, an access token's.
//
// A token names its key. Anybody can make up tokens that name keys nobody has,
// so an unknown name causes at most one look at the issuer's key set per 30
// seconds, for however many tokens. What a token says is the caller's to check:
// issuer, audience, times.
//
// Where the keys are is told ([New]), or stands in the issuer's OpenID Connect
// configuration ([Discover]).
package jwks
