// Package session signs users in: login sends the browser to the provider's
// page, callback turns what comes back into an account and tokens.
//
// It owns the state of a sign-in between the two, which is kept nowhere but in
// the browser, sealed. The provider's half, authorization URLs and the code
// grant, is auth0's.
package session
