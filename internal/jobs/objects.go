package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"usher/internal/problem"
)

// errForeign means that an object was not written by this service under this key, was altered, or is
// older than two rotations of the secret.
var errForeign = errors.New("jobs: an object was not sealed by this service for its key")

const sealPurpose = "jobs"

// objects are the sealed objects in a store. An object opens only under the key that it was written to.
type objects struct {
	store  Store
	sealer Sealer
}

// get reads an object into what into points to. It fails with ErrNoObject or errForeign.
func (o objects) get(ctx context.Context, key string, into any) error {
	plain, err := o.plain(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("decode an object of a job: %w", err)
	}
	return nil
}

// find is get for an object that may be absent.
func (o objects) find(ctx context.Context, key string, into any) (found bool, err error) {
	err = o.get(ctx, key, into)
	if errors.Is(err, ErrNoObject) {
		return false, nil
	}
	return err == nil, err
}

func (o objects) plain(ctx context.Context, key string) ([]byte, error) {
	sealed, _, err := o.store.Get(ctx, key)
	if err != nil {
		return nil, unavailable(err)
	}
	plain, err := o.sealer.OpenBytes(ctx, sealPurpose, key, sealed)
	if err != nil && !problem.IsProblem(err) {
		return nil, errForeign
	}
	return plain, err
}

// exists reports whether there is an object. It does not check who wrote it.
func (o objects) exists(ctx context.Context, key string) (bool, error) {
	_, _, err := o.store.Get(ctx, key)
	if errors.Is(err, ErrNoObject) {
		return false, nil
	}
	return err == nil, unavailable(err)
}

func (o objects) put(ctx context.Context, key string, value any) error {
	plain, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode an object of a job: %w", err)
	}
	return o.putPlain(ctx, key, plain)
}

func (o objects) putPlain(ctx context.Context, key string, plain []byte) error {
	sealed, err := o.sealer.SealBytes(ctx, sealPurpose, key, plain)
	if err != nil {
		return err
	}
	return unavailable(o.store.Put(ctx, key, sealed))
}

// create writes an object unless there is one, and reports whether it wrote.
func (o objects) create(ctx context.Context, key string, value any) (bool, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return false, fmt.Errorf("encode an object of a job: %w", err)
	}
	sealed, err := o.sealer.SealBytes(ctx, sealPurpose, key, plain)
	if err != nil {
		return false, err
	}
	created, err := o.store.Create(ctx, key, sealed)
	return created, unavailable(err)
}

// deleteAll deletes the objects below a prefix.
func (o objects) deleteAll(ctx context.Context, prefix string) error {
	const atOnce = 1000
	for {
		keys, err := o.store.List(ctx, prefix, "", atOnce)
		if err != nil {
			return unavailable(err)
		}
		if err := inParallel(ctx, len(keys), func(ctx context.Context, i int) error { return o.store.Delete(ctx, keys[i]) }); err != nil {
			return unavailable(err)
		}
		if len(keys) < atOnce {
			return nil
		}
	}
}

// unavailable makes a failure of the store a problem.
func unavailable(err error) error {
	if err == nil || errors.Is(err, ErrNoObject) || problem.IsProblem(err) {
		return err
	}
	return problem.ServiceUnavailable.Wrap(err, "The storage of jobs is not available. Retry later.")
}
