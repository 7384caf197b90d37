package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/session"
	"usher/cmd/internal/console/usher"
)

const (
	// checkEvery is the longest use of a session without a look at the person's user and roles.
	checkEvery = time.Minute

	// tolerance is how much longer the last result holds if it cannot be read again.
	tolerance = 5 * time.Minute
)

// person is a member of staff, as last read.
type person struct {
	User    usher.User
	Groups  policy.Groups
	checked time.Time
}

// notStaff says why a person may not use the console.
type notStaff struct{ why string }

func (e *notStaff) Error() string { return e.why }

// readPerson reads a user and decides whether they are staff. A *notStaff is final; after other
// errors the answer is unknown.
func (s *Site) readPerson(ctx context.Context, id string) (person, error) {
	asked := s.Now() // a slow response tells how it was then
	user, _, roles, err := s.readBoth(ctx, id, id)
	switch {
	case usher.IsGone(err.user):
		return person{}, &notStaff{"This account does not exist any more."}
	case err.user != nil:
		return person{}, err.user
	case user.Blocked:
		return person{}, &notStaff{"This account is blocked."}
	case !s.Policy.Staff(user.Connection()):
		return person{}, &notStaff{"This account is not a staff account. Only accounts of the staff's own connection can use the console."}
	case usher.IsGone(err.roles):
		return person{}, &notStaff{"This account does not exist any more."}
	case err.roles != nil:
		return person{}, err.roles
	}
	groups := s.Policy.Groups(usher.Names(roles))
	if len(groups) == 0 {
		return person{}, &notStaff{"This account has no role for the console. Ask an administrator for one."}
	}
	return person{User: user, Groups: groups, checked: asked}, nil
}

// bothErrors are the errors of the two calls of readBoth.
type bothErrors struct{ user, roles error }

// readBoth reads a user and their roles, at the same time.
func (s *Site) readBoth(ctx context.Context, actor, id string) (
	user usher.User, etag string, roles []usher.Role, errs bothErrors,
) {
	var both sync.WaitGroup
	both.Go(func() { user, etag, errs.user = s.Usher.Get(ctx, actor, id) })
	both.Go(func() { roles, errs.roles = s.Usher.RolesOf(ctx, actor, id) })
	both.Wait()
	return user, etag, roles, errs
}

// personOf returns the person of a session, and looks at them again if that is due. For an
// action it is always due.
func (s *Site) personOf(ctx context.Context, x *session.Session, acts bool) (person, error) {
	known, ok := x.Kept().(person)
	age := s.Now().Sub(known.checked)
	if ok && !acts && age < checkEvery {
		return known, nil
	}
	fresh, err := s.readPerson(ctx, x.UserID)
	if _, final := errors.AsType[*notStaff](err); final || err == nil {
		x.Keep(fresh)
		return fresh, err
	}
	if ok && age < checkEvery+tolerance {
		s.logCall(err)
		return known, nil
	}
	return person{}, err
}
