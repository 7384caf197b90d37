// Package session signs users in and out: login sends the browser to the
// provider's page, callback turns what comes back into an account and tokens,
// and logout leads to the page that ends it. In between it lists and ends
// sessions, refreshes tokens, and tells what a token says.
//
// What a sign-in was asked to show, a second factor or a connection, is checked
// at the callback, against what the provider says of it (demands.go).
//
// It owns the state of a sign-in between login and callback, which is kept nowhere but in
// the browser, sealed. The provider's half, authorization URLs and the code
// grant, is auth0's.
package session
