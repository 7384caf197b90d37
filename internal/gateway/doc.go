// Package gateway turns API Gateway REST events into HTTP requests, and the
// answers back.
//
// It owns what an event knows and a request does not: how the path is encoded,
// the stage, the request's id, and the caller whom the gateway authenticated.
// A function trusts no event without one.
package gateway
