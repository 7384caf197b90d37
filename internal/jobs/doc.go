// Package jobs runs work on thousands of users outside of requests.
//
// It owns the life of a job. It knows no kind of job: package bulk defines the kinds. Everything that it
// stores is sealed for its key, so that the right to write to the store does not give the right to act for
// a front-end (ADR 17).
//
// The parts:
//   - start.go starts a job once for each Idempotency-Key: the place (places.go), the manifest (manifest.go),
//     the chunks of the input, and the engine's run, in this order
//   - layout.go has the keys of all objects, and objects.go seals them
//   - load.go reads a job, and observe.go completes what was interrupted: nothing runs in the background
//   - worker.go is one call of the worker, run.go is what a kind sees of its job, and conclude.go decides
//     what follows
//   - each.go and pass.go carry out kinds that have one user for each record
//   - end.go ends a job; the first end stays
//
// Several processes work on a job at once, and each can die anywhere. Three rules keep the results true: an
// object that decides something is created once; the worker stores a record as begun before it begins; and
// every reader of a job completes what was interrupted.
package jobs
