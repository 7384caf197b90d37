package users

import (
	"context"
	"errors"

	"usher/internal/problem"
)

// OnceCreator also finds the users that a repeated record of a job created before.
type OnceCreator interface {
	Creator
	// FindPasswordless returns the user of n's connection who has n's address or phone number, with the
	// user's own fingerprint. It fails with user-not-found, or with a provider error.
	FindPasswordless(ctx context.Context, n New) (Creation, error)
}

// ErrUnknownCreation means that another user has the address or phone number, and that the user cannot be
// read: it may be the one that an earlier attempt created.
var ErrUnknownCreation = errors.New("the user who exists may be from an earlier attempt")

// CreateOnce creates and invites the user of a job's record. A repetition with the same record finds the
// created user. It returns the user together with a failure of the invitation. record has an ID only for connections with passwords, and always a fingerprint: other
// users get it as well, since the provider may not let the service choose their IDs.
func CreateOnce(ctx context.Context, dir OnceCreator, n New, record IdempotencyRecord) (Created, error) {
	if !takesPassword(n.Connection) {
		record.ID = ""
	}
	n.Record = record
	user, err := dir.Create(ctx, n)
	created := Creation{User: user, Record: record}
	if problem.Is(err, problem.UserExists) {
		created, err = findSame(ctx, dir, n, err)
	}
	if err != nil {
		return Created{}, err
	}
	invited, err := invite(ctx, dir, created, n)
	if err != nil {
		return Created{User: created.User}, err
	}
	return invited, nil
}

// findSame returns the user of an earlier attempt, or the refusal if another user has the address.
func findSame(ctx context.Context, dir OnceCreator, n New, refusal error) (Creation, error) {
	var found Creation
	var err error
	if n.Record.ID != "" {
		found, err = dir.FindCreated(ctx, n.Record.ID)
	} else {
		found, err = dir.FindPasswordless(ctx, n)
	}
	switch {
	case problem.Is(err, problem.UserNotFound) && n.Record.ID == "":
		return Creation{}, errors.Join(refusal, ErrUnknownCreation)
	case problem.Is(err, problem.UserNotFound):
		return Creation{}, refusal
	case err != nil:
		return Creation{}, err
	case found.Record.Fingerprint != n.Record.Fingerprint:
		return Creation{}, refusal
	}
	return found, nil
}
