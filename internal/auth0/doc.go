// Package auth0 is the client of the identity provider. No other package knows that the provider is Auth0.
//
// It owns the HTTP client (deadlines, retries, the management token) and the provider's
// part of a sign-in. It translates the provider's failures into problems, and its users
// into ours. It returns the types of the domain packages, which implement the operations.
//
// A request passes these layers: the SDK's sub-clients, which know paths and formats; bearer,
// which adds the management token; retrier, which repeats safe requests; one http.Transport.
package auth0
