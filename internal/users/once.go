package users

import (
	"context"
	"slices"

	"usher/internal/problem"
)

// Keys are derived from what every container of the service has, and nobody
// else: so all of them make the same of the same.
type Keys interface {
	// Keys returns the current key for a purpose first, then those before it.
	Keys(ctx context.Context, purpose string) ([][]byte, error)
	// FreshKeys is Keys after a look for a newer one.
	FreshKeys(ctx context.Context, purpose string) ([][]byte, error)
}

// Made is a user who has been created, and what is known of how.
type Made struct {
	User   User
	Mark   Mark // zero without one
	Mailed bool // the invitation has gone out
}

// once is one caller's wish to create a user once.
type once struct {
	dir  Creator
	keys Keys
	wish wish
}

// create creates the user, or finds the one that an earlier request with the
// same Idempotency-Key has created. It fails with idempotency-key-reused where
// that one asked for something else.
//
// The secret behind the keys may be rotated between two requests. Who was
// created before is looked for first. Who is being created by a container that
// knows a newer secret already is found when the address turns out to be taken.
func (o once) create(ctx context.Context, n New) (Made, error) {
	keys, err := o.keys.Keys(ctx, purposeOfKeys)
	if err != nil {
		return Made{}, err
	}
	marks := o.wish.marks(keys)
	if made, found, err := o.find(ctx, marks[1:]); found || err != nil {
		return made, err
	}
	n.Mark = marks[0]
	user, err := o.dir.Create(ctx, n)
	if !problem.Is(err, problem.UserExists) {
		return Made{User: user, Mark: n.Mark}, err
	}
	return o.existing(ctx, marks, err)
}

// existing tells what the provider's refusal means: that it has the user with
// this mark, or that somebody else has the address.
func (o once) existing(ctx context.Context, marks []Mark, taken error) (Made, error) {
	if made, found, err := o.find(ctx, marks[:1]); found || err != nil {
		return made, err
	}
	keys, err := o.keys.FreshKeys(ctx, purposeOfKeys)
	if err != nil {
		return Made{}, err
	}
	fresh := slices.DeleteFunc(o.wish.marks(keys), func(m Mark) bool { return slices.Contains(marks, m) })
	if made, found, err := o.find(ctx, fresh); found || err != nil {
		return made, err
	}
	return Made{}, taken
}

// find looks for a user with one of the marks.
func (o once) find(ctx context.Context, marks []Mark) (made Made, found bool, err error) {
	for _, mark := range marks {
		made, err := o.dir.Made(ctx, mark.ID)
		switch {
		case problem.Is(err, problem.UserNotFound):
			continue
		case err != nil:
			return Made{}, false, err
		case made.Mark != mark:
			return Made{}, false, problem.IdempotencyKeyReused.New("This Idempotency-Key came with another request before. Nothing was done.")
		}
		return made, true, nil
	}
	return Made{}, false, nil
}
