package auth0

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/users"
)

// userFrom maps the provider's user to ours. The SDK's other user types
// convert to this one.
func userFrom(u *management.UserResponseSchema) users.User {
	return users.User{
		ID:            u.GetUserID(),
		Email:         u.GetEmail(),
		NoEmail:       u.Email == nil,
		EmailVerified: u.EmailVerified,
		Username:      u.GetUsername(),
		PhoneNumber:   u.GetPhoneNumber(),
		PhoneVerified: u.PhoneVerified,
		Name:          u.GetName(),
		GivenName:     u.GetGivenName(),
		FamilyName:    u.GetFamilyName(),
		Nickname:      u.GetNickname(),
		Picture:       u.GetPicture(),
		Blocked:       u.GetBlocked(),
		CreatedAt:     utc(u.CreatedAt),
		UpdatedAt:     utc(u.UpdatedAt),
		LastLogin:     utc(u.LastLogin),
		LoginsCount:   u.GetLoginsCount(),
		Identities:    identitiesFrom(u.Identities),
		Metadata:      object(u.GetUserMetadata()),
		AppMetadata:   object(withoutReserved(u.GetAppMetadata())),
	}
}

// readUser reads a user of an answer's body. It fails with errIncomplete where
// there is none.
func readUser(body []byte) (users.User, error) {
	var user management.UserResponseSchema
	if err := decode(body, &user); err != nil || user.GetUserID() == "" {
		return users.User{}, errIncomplete
	}
	return userFrom(&user), nil
}

func decode(body []byte, into any) error { return json.Unmarshal(body, into) }

func usersFrom(list []*management.UserResponseSchema) []users.User {
	out := make([]users.User, len(list))
	for i, u := range list {
		out[i] = userFrom(u)
	}
	return out
}

func identitiesFrom(list []*management.UserIdentitySchema) []users.Identity {
	out := make([]users.Identity, len(list))
	for i, identity := range list {
		out[i] = users.Identity{
			Connection: identity.GetConnection(),
			Provider:   string(identity.GetProvider()),
			UserID:     identityID(identity.UserID),
			Social:     identity.GetIsSocial(),
		}
	}
	return out
}

// identityID knows that some social providers' ids are numbers.
func identityID(id *management.UserID) string {
	if n := id.GetInteger(); n != 0 {
		return strconv.Itoa(n)
	}
	return id.GetString()
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := t.UTC()
	return &at
}

// object makes metadata that is not there an empty object.
func object(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
