// Package httpapi is the HTTP side of every operation: strict decoding of bodies and
// queries, JSON responses, problem responses, logging, and the middleware.
//
// It is the only package that writes errors to clients. Package problem defines the errors, package
// gateway converts API Gateway events into requests, and the domain packages implement the operations.
package httpapi
