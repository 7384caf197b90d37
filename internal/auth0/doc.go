// Package auth0 is the only one that talks to the identity provider. The rest
// of the service does not know which one it is.
//
// It owns the HTTP client (deadlines, retries, the management token), the
// translation of the provider's failures into problems, the translation of
// its users into ours, and the provider's half of a sign-in. What an operation
// means lives in the domain packages, whose types it returns.
//
// Requests go through the layers in this order: the SDK's sub-clients, which
// know paths and shapes; bearer, which adds the management token; retrier,
// which repeats what is safe to repeat; one tuned http.Transport.
package auth0
