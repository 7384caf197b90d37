// Package session signs users in and out. Login redirects the browser to the provider,
// callback exchanges the code for an account and tokens, and logout redirects to the
// provider's logout page. Other operations list and end sessions, refresh tokens and
// introspect tokens.
//
// The state of a sign-in between login and callback is stored only in the browser,
// encrypted. Package auth0 implements authorization URLs and the code grant.
package session
