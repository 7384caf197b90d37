// Package httpapi is what every operation shares on the HTTP side: a handler
// that returns an error, strict decoding of bodies and queries, JSON answers,
// routing, and the middleware around it all.
//
// It is the only package that writes errors to clients. What the errors are
// is problem's; how an API Gateway event becomes a request is gateway's; what
// an operation does is its domain package's.
package httpapi
