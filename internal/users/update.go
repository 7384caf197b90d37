package users

import (
	"context"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/valid"
)

// Patch is a change to a user. Members holds the names of the profile's members
// that change, as on the wire; one that is nil is removed.
type Patch struct {
	Profile
	Members        map[string]bool
	RevokeSessions bool // and then the user is signed out everywhere
}

// Updated is a changed user on the wire.
type Updated struct {
	User
	SessionsEnded *bool `json:"sessions_ended,omitempty"` // nil where it was not asked for; false where the provider's plan lacks it
}

type updateBody struct {
	Profile
	RevokeSessions *bool `json:"revoke_sessions"`
}

// Updater changes a user. Its errors are problems: user-not-found,
// user-exists, password-too-weak, invalid-request, partly-updated, and those
// of a failing provider.
type Updater interface {
	Getter
	Update(ctx context.Context, user limits.UserID, patch Patch) (Updated, error)
}

// Update serves PATCH /users/{id}, a JSON merge patch (RFC 7396). If-Match is
// checked on a read before; the provider has no conditional write, so the last
// writer wins between the two.
func Update(dir Updater) api.Operation {
	return api.Operation{
		Name:        "updateuser",
		Routes:      []string{"PATCH /users/{id}"},
		Parameters:  api.Parameters{"id": api.User},
		Permissions: []permission.Name{permission.Manage},
		Change:      "user.update",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body updateBody
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
			updated, err := apply(r.Context(), dir, c, match, patch)
			if err != nil {
				return err
			}
			updated.User = shown(c, updated.User)
			return httpapi.TaggedAs(w, http.StatusOK, updated.User, updated)
		},
	}
}

// apply reads the user first where If-Match asks what is to be changed, and
// knows that an empty merge patch leaves the user as it is (RFC 7396).
func apply(ctx context.Context, dir Updater, c api.Call, match httpapi.Match, patch Patch) (Updated, error) {
	isEmpty := len(patch.Members) == 0 && !patch.RevokeSessions
	if !match.Asked() && !isEmpty {
		return dir.Update(ctx, c.User, patch)
	}
	user, err := dir.User(ctx, c.User)
	if err != nil {
		return Updated{}, err
	}
	if err := match.Check(shown(c, user)); err != nil || isEmpty {
		return Updated{User: user}, err
	}
	return dir.Update(ctx, c.User, patch)
}

func (b updateBody) patch(members map[string]bool) (Patch, error) {
	var faults valid.Faults
	b.Profile.check(&faults)
	for name, isNull := range map[string]bool{
		"password": b.Password == nil, "email_verified": b.EmailVerified == nil,
		"verify_email": b.VerifyEmail == nil, "revoke_sessions": b.RevokeSessions == nil,
	} {
		faults.AddIf(members[name] && isNull, name, "cannot be removed")
	}
	faults.AddIf(members["verify_email"] && !members["email"] && !members["email_verified"],
		"verify_email", "goes with email or email_verified only")
	if err := faults.Err(); err != nil {
		return Patch{}, err
	}
	delete(members, "revoke_sessions") // which the user does not have
	return Patch{Profile: b.Profile, Members: members, RevokeSessions: b.RevokeSessions != nil && *b.RevokeSessions}, nil
}
