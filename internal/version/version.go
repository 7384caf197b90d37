// Package version says which version of the service this is.
package version

// Number is the version of the service and of its contract (info.version in
// api/openapi.yaml), by Semantic Versioning 2.0.0. A release that breaks a front-end has
// a new major number. It is in every log line, in the stack's outputs and in the local
// server's greeting.
const Number = "1.0.0"
