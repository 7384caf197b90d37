// Package gateway converts API Gateway REST events into HTTP requests, and responses into the gateway's form.
//
// It owns what only the event contains: the encoding of the path, the stage, the request ID, and
// the caller that the gateway authenticated. A function serves no event without such a caller.
package gateway
