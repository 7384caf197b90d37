package auth0

import (
	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/identities"
)

func accountFrom(u *management.UserResponseSchema) identities.Account {
	return identities.Account{
		ID:            u.GetUserID(),
		Email:         u.GetEmail(),
		EmailVerified: u.GetEmailVerified(),
		Blocked:       u.GetBlocked(),
		Identities:    accountIdentities(u.Identities),
	}
}

// accountIdentities knows that the first identity is the one that the account
// was made with
// (https://auth0.com/docs/manage-users/user-accounts/user-account-linking). Its
// profile is left out, since the provider gives it on some answers alone.
func accountIdentities(list []*management.UserIdentitySchema) []identities.Identity {
	out := make([]identities.Identity, len(list))
	for i, identity := range list {
		out[i] = identities.Identity{
			Connection: identity.GetConnection(),
			Provider:   string(identity.GetProvider()),
			UserID:     identityID(identity.UserID),
			Social:     identity.GetIsSocial(),
			Primary:    i == 0,
		}
		if i > 0 {
			out[i].Profile = profileFrom(identity.ProfileData)
		}
	}
	return out
}

func profileFrom(p *management.UserProfileData) *identities.Profile {
	if p == nil {
		return nil
	}
	text := func(name string) string {
		value, _ := p.GetExtraProperties()[name].(string)
		return value
	}
	return &identities.Profile{
		Email:         p.GetEmail(),
		EmailVerified: p.EmailVerified,
		PhoneNumber:   p.GetPhoneNumber(),
		PhoneVerified: p.PhoneVerified,
		Username:      p.GetUsername(),
		Name:          p.GetName(),
		Nickname:      text("nickname"),
		Picture:       text("picture"),
	}
}
