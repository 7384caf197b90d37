// Package lambda runs the functions' binaries as AWS Lambda does: each process asks a runtime API
// for events, one at a time, and gets the credentials from a Secrets Manager. Both are served on
// loopback. Nothing here needs a test: benchmarks use it, too.
package lambda
