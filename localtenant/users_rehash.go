package localtenant

// refusal is how the log tells of a wrong password. With a hash of another system, Auth0 cannot
// tell a wrong password from a hash that was imported wrongly
// (https://community.auth0.com/t/106101).
func (p password) refusal() string {
	if p.custom != nil {
		return "Password change required"
	}
	return "Wrong email or password."
}

// rehash replaces the hash of another system, which a password has just matched, by one of
// bcrypt, as Auth0 does (https://community.auth0.com/t/106101). It returns the user as they
// are then.
func (t *Tenant) rehash(found login, text string) (*user, error) {
	if found.account().password.custom == nil {
		return found.user, nil
	}
	u, err := found.user.changed(found.place, func(account *user) error {
		h, err := hashPassword(text, t.opts.PasswordCost)
		account.password = password{hash: h}
		return err
	})
	if err != nil {
		return nil, err
	}
	return u, t.users.put(u, t.now())
}
