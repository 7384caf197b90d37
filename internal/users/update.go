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

// Patch is a change to a user. Members holds the JSON names of the members that change. A
// member that is nil in Profile is removed.
type Patch struct {
	Profile
	Members        map[string]bool
	RevokeSessions bool // sign the user out everywhere after the change

	// These three are only in the changes of jobs. Blocking also signs the user out everywhere. Metadata
	// has the first-level members that change; nil removes one.
	Blocked     *bool
	Metadata    map[string]any
	AppMetadata map[string]any
}

// The names of the last three in Patch.Members.
const (
	BlockedMember     = "blocked"
	MetadataMember    = "metadata"
	AppMetadataMember = "app_metadata"
)

// ParsePatch reads a decoded body of PATCH /users/{id}.
func ParsePatch(object map[string]any) (Patch, error) {
	var body updateBody
	members, err := httpapi.DecodeMembers(object, &body)
	if err != nil {
		return Patch{}, err
	}
	return body.patch(members)
}

// Updated is the response to an update.
type Updated struct {
	User
	// SessionsEnded is nil if not requested, and false if the provider's plan lacks it.
	SessionsEnded *bool `json:"sessions_ended,omitempty"`
}

type updateBody struct {
	Profile
	RevokeSessions *bool `json:"revoke_sessions"`
}

// Updater changes a user. It fails with user-not-found, user-exists, password-too-weak,
// invalid-request or partly-updated, or with a provider error.
type Updater interface {
	Getter
	Update(ctx context.Context, user limits.UserID, patch Patch) (Updated, error)
}

// Update serves PATCH /users/{id}, a JSON merge patch (RFC 7396). The provider has no
// conditional write, so If-Match is checked with a read before the write. A concurrent
// change between the two is overwritten.
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
			updated.User = updated.User.VisibleTo(c)
			return httpapi.TaggedAs(w, http.StatusOK, updated.User, updated)
		},
	}
}

// apply reads the user first if the request has If-Match. An empty merge patch changes
// nothing and returns the user (RFC 7396).
func apply(ctx context.Context, dir Updater, c api.Call, match httpapi.Match, patch Patch) (Updated, error) {
	isEmpty := len(patch.Members) == 0 && !patch.RevokeSessions
	if !match.Asked() && !isEmpty {
		return dir.Update(ctx, c.User, patch)
	}
	user, err := dir.User(ctx, c.User)
	if err != nil {
		return Updated{}, err
	}
	if err := match.Check(user.VisibleTo(c)); err != nil || isEmpty {
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
	if !members["email"] && !members["email_verified"] {
		b.VerifyEmail = unlessNeutral(b.VerifyEmail, false) // asks for nothing
		faults.AddIf(b.VerifyEmail != nil, "verify_email", "requires email or email_verified")
		delete(members, "verify_email")
	}
	if err := faults.Err(); err != nil {
		return Patch{}, err
	}
	delete(members, "revoke_sessions") // not a member of the user
	return Patch{Profile: b.Profile, Members: members, RevokeSessions: b.RevokeSessions != nil && *b.RevokeSessions}, nil
}
