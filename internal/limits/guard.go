package limits

import (
	"context"
	"net/http"
	"strings"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Guard holds operations to the limits of whoever calls.
type Guard struct {
	Policy    Policy
	Directory Directory
}

// Operation returns the operation, behind the guard. Where the path names a user,
// that user is checked before, by the form of the route alone: so it holds for
// operations that know nothing of limits, too.
func (g Guard) Operation(op httpapi.Operation) httpapi.Operation {
	next := op.Handler
	op.Handler = func(w http.ResponseWriter, r *http.Request) error {
		f, err := g.Policy.Of(httpapi.CallerOf(r.Context()))
		if err != nil {
			return noted(r, err)
		}
		f.dir = g.Directory
		ctx, err := f.check(With(r.Context(), f), r)
		if err != nil {
			return err
		}
		return next(w, r.WithContext(ctx))
	}
	return op
}

// check refuses what the path alone shows to be outside of the limits. Where there
// is no such user, the operation's own answer for that is the best one.
func (f FrontEnd) check(ctx context.Context, r *http.Request) (context.Context, error) {
	if isAppMetadata(r.Pattern) {
		if err := f.AppMetadata(); err != nil {
			return nil, noted(r, err)
		}
	}
	name := UserParameter(r.Pattern)
	if name == "" || f.connections == nil {
		return ctx, nil
	}
	id, err := httpapi.UserID(r, name)
	if err != nil {
		return nil, err
	}
	err = f.User(ctx, id)
	if problem.Is(err, problem.UserNotFound) {
		return context.WithValue(ctx, goneKey{}, true), nil
	}
	return ctx, err
}

// noted returns the refusal; the audit line tells whose user it was about.
func noted(r *http.Request, refusal error) error {
	if name := UserParameter(r.Pattern); name != "" {
		_, _ = httpapi.UserID(r, name) // what is no id is not noted
	}
	return refusal
}

// UserParameter is the name under which a route's path has a user's id; "" for a
// route that has none.
func UserParameter(route string) string {
	_, path, _ := strings.Cut(route, " ")
	switch {
	case strings.Contains(path+"/", "/{user_id}/"):
		return "user_id"
	case strings.HasPrefix(path+"/", "/users/{id}/"):
		return "id"
	}
	return ""
}

func isAppMetadata(route string) bool {
	_, path, _ := strings.Cut(route, " ")
	return strings.HasPrefix(path, "/app-metadata/")
}
