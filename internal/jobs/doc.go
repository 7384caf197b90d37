// Package jobs runs work on thousands of users outside of requests.
//
// It owns the life of a job: the start, the storage below jobs/<id>/, the status, the results, the
// confirmation, the cancellation and the end. It knows no kind of job: package bulk defines the kinds.
// Everything that it stores is sealed (ADR 17).
package jobs
