package auth0

import (
	"context"

	"github.com/tidwall/gjson"

	"usher/internal/identities"
)

// accountIn reads the account in a response. It fails with errIncomplete if there is none.
func (c *Client) accountIn(ctx context.Context, body []byte) (identities.Account, error) {
	r := c.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return identities.Account{}, err
	}
	return r.account(root)
}

func (r *reading) account(v gjson.Result) (identities.Account, error) {
	account := identities.Account{
		ID:            r.exact("user.user_id", v.Get("user_id")),
		Email:         r.exact("user.email", v.Get("email")),
		EmailVerified: r.isTrue("user.email_verified", v.Get("email_verified"), false),
		Blocked:       r.isTrue("user.blocked", v.Get("blocked"), true),
		Identities:    r.accountIdentities(v.Get("identities")),
	}
	if account.ID == "" {
		return identities.Account{}, errIncomplete
	}
	return account, nil
}

// accountIdentities reads an account's identities. The first one is primary: the account was
// created with it (https://auth0.com/docs/manage-users/user-accounts/user-account-linking).
// Its profile is omitted, since only some responses contain it.
func (r *reading) accountIdentities(v gjson.Result) []identities.Identity {
	items := r.identities(v)
	all := make([]identities.Identity, len(items))
	for i, item := range items {
		all[i] = identities.Identity{Connection: item.connection, Provider: item.provider, UserID: item.id, Social: item.social, Primary: i == 0}
		if i > 0 && item.profile.IsObject() {
			all[i].Profile = r.profile(item.profile)
		}
	}
	return all
}

func (r *reading) profile(v gjson.Result) *identities.Profile {
	p := &identities.Profile{}
	v.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "email":
			p.Email = r.text("profileData.email", v)
		case "email_verified":
			p.EmailVerified = r.flag("profileData.email_verified", v, false)
		case "phone_number":
			p.PhoneNumber = r.text("profileData.phone_number", v)
		case "phone_verified":
			p.PhoneVerified = r.flag("profileData.phone_verified", v, false)
		case "username":
			p.Username = r.text("profileData.username", v)
		case "name":
			p.Name = r.text("profileData.name", v)
		case "nickname":
			p.Nickname = r.text("profileData.nickname", v)
		case "picture":
			p.Picture = r.text("profileData.picture", v)
		}
		return true
	})
	return p
}
