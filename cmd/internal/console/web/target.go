package web

import (
	"context"
	"net/http"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// target is the user whom a page or an action is about, as just read.
type target struct {
	User     usher.User
	ETag     string
	Roles    []usher.Role
	groups   policy.Groups // what the user's own roles permit in the console
	rolesErr error         // the roles are unknown: no action is permitted
}

func (s *Site) readTarget(ctx context.Context, p person, id string) (target, error) {
	user, etag, roles, errs := s.readBoth(ctx, p.User.ID, id)
	if errs.user != nil {
		return target{}, errs.user
	}
	return target{User: user, ETag: etag, Roles: roles, groups: s.Policy.Groups(usher.Names(roles)), rolesErr: errs.roles}, nil
}

// onUser reads the user in the path before a handler.
func (s *Site) onUser(h func(w http.ResponseWriter, r *http.Request, v visit, t target)) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) {
		if !v.person.Groups.Has(policy.Read) {
			s.fail(w, r, http.StatusForbidden, notice{Text: "Your role does not let you see users.", Cure: "Ask an administrator."})
			return
		}
		t, err := s.readTarget(r.Context(), v.person, r.PathValue("id"))
		if err != nil {
			s.failWith(w, r, err)
			return
		}
		h(w, r, v, t)
	}
}

// refusal says why a person may not carry out an action on a user; "" if they may.
func refusal(p person, t target, a action) string {
	switch {
	case !p.Groups.Has(a.group):
		return "Your role does not permit this action."
	case t.User.ID == p.User.ID && !a.self:
		return "You cannot do this to your own account. Ask a colleague."
	case t.User.ID == p.User.ID:
		return ""
	case t.rolesErr != nil:
		return "The roles of this user cannot be read, so it is unknown whether you may do this. Try again later."
	case !p.Groups.HasAll(t.groups):
		return "This user is a member of staff with permissions that you do not have."
	}
	return ""
}

// offers returns the actions that a person may carry out on a user, by name. Pages show no others.
func offers(p person, t target) map[string]bool {
	offered := map[string]bool{}
	for _, a := range actions() {
		offered[a.name] = refusal(p, t, a) == ""
	}
	return offered
}
