package jobs

import (
	"context"
	"errors"
)

// ErrNoObject means that the store has no object with a key.
var ErrNoObject = errors.New("jobs: no such object")

// Store keeps the objects of all jobs. Every method is strongly consistent, as in Amazon S3
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html, "Data consistency model").
type Store interface {
	// Get returns an object with its version, or ErrNoObject.
	Get(ctx context.Context, key string) (body []byte, version string, err error)
	// Put writes an object, whether or not it exists.
	Put(ctx context.Context, key string, body []byte) error
	// Create writes an object unless it exists, as If-None-Match: * does. It reports whether it wrote.
	Create(ctx context.Context, key string, body []byte) (bool, error)
	// Replace writes an object if it still has this version, as If-Match does. It reports whether it wrote.
	Replace(ctx context.Context, key, version string, body []byte) (bool, error)
	// Delete removes an object. It succeeds if there is none.
	Delete(ctx context.Context, key string) error
	// List returns at most limit keys below a prefix, in the order of their bytes, after the key after.
	List(ctx context.Context, prefix, after string, limit int) ([]string, error)
}

// Engine runs jobs outside of requests: it calls the worker with the event of the first leg, and then
// with each answer, until one is done.
type Engine interface {
	// Start begins a run of a job. name is unique for each run: a second start with the same name does
	// nothing, also after the end of the first. It is the job's ID, a "-", and the run.
	Start(ctx context.Context, name, job string) error
}
