// Package session signs users in: login sends the browser to the provider's
// page, callback turns what comes back into an account and tokens.
//
// What a sign-in was asked to show, a second factor or a connection, is checked
// at the callback, against what the provider says of it (demands.go).
//
// It owns the state of a sign-in between the two, which is kept nowhere but in
// the browser, sealed. The provider's half, authorization URLs and the code
// grant, is auth0's.
package session
