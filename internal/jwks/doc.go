// Package jwks verifies the signatures of ID tokens and access tokens with an issuer's public
// keys, which it fetches and caches. Callers must check the claims: issuer, audience, times.
//
// A token names its key. Since anybody can send tokens with unknown key IDs, these cause at
// most one fetch of the key set per 30 seconds.
//
// [New] takes the URL of the keys. [Discover] takes it from the issuer's OpenID Connect
// configuration.
package jwks
