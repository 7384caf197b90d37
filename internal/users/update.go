package users

import (
	"context"
	"net/http"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Patch is a change to a user. Members holds the names of the wire's members
// that change; one that is nil in the profile is removed.
type Patch struct {
	Profile
	Members map[string]bool
}

// Updater changes a user. Its errors are problems: user-not-found,
// user-exists, password-too-weak, invalid-request, partly-updated, and those
// of a failing provider.
type Updater interface {
	Getter
	Update(ctx context.Context, id string, patch Patch) (User, error)
}

// Update serves PATCH /users/{id}, a JSON merge patch (RFC 7396). If-Match is
// checked on a read before; the provider has no conditional write, so the last
// writer wins between the two.
func Update(dir Updater) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		if err := httpapi.NoQuery(r); err != nil {
			return err
		}
		id, err := httpapi.UserID(r, "id")
		if err != nil {
			return err
		}
		var body Profile
		members, err := httpapi.DecodePatch(r, &body)
		if err != nil {
			return err
		}
		patch, err := body.patch(members)
		if err != nil {
			return err
		}
		match, err := httpapi.IfMatch(r)
		if err != nil {
			return err
		}
		user, err := apply(r.Context(), dir, id, match, patch)
		if err != nil {
			return err
		}
		return httpapi.Tagged(w, http.StatusOK, user)
	}
	return httpapi.Operation{Routes: []string{"PATCH /users/{id}"}, Handler: handler, Change: "user.update"}
}

// apply reads the user first where If-Match asks what is to be changed, and
// knows that an empty merge patch leaves the user as it is (RFC 7396).
func apply(ctx context.Context, dir Updater, id string, match httpapi.Match, patch Patch) (User, error) {
	if !match.Asked() && len(patch.Members) > 0 {
		return dir.Update(ctx, id, patch)
	}
	user, err := dir.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	if err := match.Check(user); err != nil || len(patch.Members) == 0 {
		return user, err
	}
	return dir.Update(ctx, id, patch)
}

func (p Profile) patch(members map[string]bool) (Patch, error) {
	wrong := p.faults()
	notNull := func(name string, isNil bool) {
		if members[name] && isNil {
			wrong = append(wrong, problem.Field{Field: name, Detail: "cannot be removed"})
		}
	}
	notNull("password", p.Password == nil)
	notNull("email_verified", p.EmailVerified == nil)
	notNull("verify_email", p.VerifyEmail == nil)
	if members["verify_email"] && !members["email"] && !members["email_verified"] {
		wrong = append(wrong, problem.Field{Field: "verify_email", Detail: "goes with email or email_verified only"})
	}
	if err := problem.InvalidFields(wrong); err != nil {
		return Patch{}, err
	}
	return Patch{Profile: p, Members: members}, nil
}
