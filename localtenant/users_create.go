package localtenant

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"usher/internal/address"
)

// userFields are the fields that a request may set. A pointer tells what was
// sent from what was not; null and "not sent" differ in a patch only (see patchFields).
type userFields struct {
	UserID        *string        `json:"user_id"`
	Connection    *string        `json:"connection"`
	Email         *string        `json:"email"`
	EmailVerified *bool          `json:"email_verified"`
	VerifyEmail   *bool          `json:"verify_email"`
	Password      *string        `json:"password"`
	Username      *string        `json:"username"`
	PhoneNumber   *string        `json:"phone_number"`
	PhoneVerified *bool          `json:"phone_verified"`
	Name          *string        `json:"name"`
	GivenName     *string        `json:"given_name"`
	FamilyName    *string        `json:"family_name"`
	Nickname      *string        `json:"nickname"`
	Picture       *string        `json:"picture"`
	Blocked       *bool          `json:"blocked"`
	AppMetadata   map[string]any `json:"app_metadata"`
	UserMetadata  map[string]any `json:"user_metadata"`
}

// createUser serves POST /api/v2/users.
func (t *Tenant) createUser(w http.ResponseWriter, _ *http.Request, in userFields) error {
	u, err := t.newUser(in)
	if err != nil {
		return err
	}
	if value(in.VerifyEmail) || in.VerifyEmail == nil && u.Email != "" && !u.EmailVerified {
		t.sendVerification(u)
	}
	return writeJSON(w, http.StatusCreated, u.document())
}

// newUser makes and stores a user of a database or passwordless connection.
func (t *Tenant) newUser(in userFields) (*user, error) {
	conn, ok := t.connectionNamed(value(in.Connection))
	if !ok {
		return nil, badRequest("inexistent_connection", "The connection does not exist.")
	}
	if conn.social() {
		return nil, badRequest("operation_not_supported", "The connection does not support creating users.")
	}
	if err := errors.Join(required(conn, in), in.checkMetadata()); err != nil {
		return nil, err
	}
	now := t.now()
	u := blankUser(conn, value(in.UserID), now)
	u.AppMetadata, u.UserMetadata = merge(nil, in.AppMetadata), merge(nil, in.UserMetadata)
	in.setProfile(u)
	u.fillDefaults()
	if conn.database() {
		if err := conn.policy.check(*in.Password, u); err != nil {
			return nil, err
		}
	}
	if _, taken := t.users.get(u.ID); taken { // before the hash, which takes long
		return nil, userExists()
	}
	if conn.database() {
		if err := t.setPassword(u, conn, *in.Password); err != nil {
			return nil, err
		}
	}
	if t.users.put(u, now) != nil {
		return nil, userExists()
	}
	return u, nil
}

// blankUser is a user of a connection who has an id, made unless given.
func blankUser(conn *connection, id string, now time.Time) *user {
	// A given id may come with the provider's prefix or without.
	local := cmp.Or(strings.TrimPrefix(id, conn.Strategy+"|"), objectID(now))
	return &user{
		ID:        conn.Strategy + "|" + local,
		CreatedAt: now, UpdatedAt: now,
		Identities: []identity{{Connection: conn.Name, Provider: conn.Strategy, UserID: local, IsSocial: conn.social()}},
	}
}

func userExists() error {
	return newAPIError(http.StatusConflict, "auth0_idp_error", "The user already exists.")
}

// required are the fields that the kind of connection asks for; the description
// cannot say that.
func required(conn *connection, in userFields) error {
	missing := ""
	switch {
	case conn.database() && in.Email == nil && in.Username == nil && in.PhoneNumber == nil:
		missing = "email"
	case conn.database() && in.Password == nil:
		missing = "password"
	case conn.Strategy == "email" && in.Email == nil:
		missing = "email"
	case conn.Strategy == "sms" && in.PhoneNumber == nil:
		missing = "phone_number"
	}
	if missing != "" {
		return badRequest("invalid_body", "Payload validation error: 'Missing required property: %s'.", missing)
	}
	if !conn.database() && in.Password != nil {
		return badRequest("invalid_body", "Cannot set password for a user of a passwordless connection.")
	}
	return nil
}

// setProfile copies the fields that were sent. Addresses are kept in lower case, but
// for those that another provider has sent
// (https://community.auth0.com/t/uppercase-characters-in-user-email-addresses/124757).
func (in userFields) setProfile(u *user) {
	if in.Email != nil {
		u.Email = *in.Email
		if !u.primary().IsSocial {
			u.Email = address.Fold(u.Email)
		}
	}
	for _, f := range []struct {
		to   *string
		from *string
	}{
		{&u.Username, in.Username}, {&u.PhoneNumber, in.PhoneNumber}, {&u.Name, in.Name},
		{&u.GivenName, in.GivenName}, {&u.FamilyName, in.FamilyName}, {&u.Nickname, in.Nickname},
		{&u.Picture, in.Picture},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	u.unnamed = u.unnamed && in.Name == nil
	if in.EmailVerified != nil {
		u.EmailVerified = *in.EmailVerified
	}
	if in.PhoneVerified != nil {
		u.PhoneVerified = *in.PhoneVerified
	}
	if in.Blocked != nil {
		u.Blocked = in.Blocked
	}
}

// setPassword checks a password against the connection's policy and stores it.
func (t *Tenant) setPassword(u *user, conn *connection, text string) error {
	if err := conn.policy.check(text, u); err != nil {
		return err
	}
	h, err := hashPassword(text, t.opts.PasswordCost)
	if err != nil {
		return err
	}
	u.password = password{hash: h, history: u.password.former()}
	return nil
}

// merge lays patch over old at the first level: null removes a key, anything
// else replaces what was there. An empty patch empties the whole.
func merge(old, patch map[string]any) map[string]any {
	out := map[string]any{}
	if patch == nil || len(patch) > 0 {
		maps.Copy(out, old)
	}
	maps.Copy(out, patch)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
