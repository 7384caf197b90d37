package localtenant

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// patchFields are the fields that a patch sent, as they came.
type patchFields map[string]json.RawMessage

func (sent patchFields) parse() (in userFields, err error) {
	text, err := json.Marshal(sent)
	if errors.Join(err, json.Unmarshal(text, &in)) != nil {
		err = badRequest("invalid_body", "Invalid request payload JSON format")
	}
	return in, err
}

// named returns the sorted names of the sent fields that fit.
func (sent patchFields) named(fits func(string) bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(sent)), func(name string) bool { return !fits(name) })
}

// updateUser serves PATCH /api/v2/users/{id}.
func (t *Tenant) updateUser(w http.ResponseWriter, r *http.Request, sent patchFields) error {
	in, err := sent.parse()
	if err != nil {
		return err
	}
	if err := errors.Join(checkPatch(sent), in.checkMetadata()); err != nil {
		return err
	}
	old, err := t.user(r)
	if err != nil {
		return err
	}
	place := old.patchedPlace(in)
	if place < 0 {
		return badRequest("inexistent_connection", "The connection does not exist.")
	}
	u, err := t.patched(old, place, sent) // the stored user stays as it is until all is well
	if err != nil {
		return err
	}
	if t.users.put(u, t.now()) != nil {
		return badRequest("auth0_idp_error", "The specified new %s already exists", takenField(sent))
	}
	if value(in.VerifyEmail) && u.Email != "" {
		t.sendVerification(u)
	}
	return writeJSON(w, http.StatusOK, u.document())
}

// checkPatch refuses what can never go into one call.
func checkPatch(sent patchFields) error {
	if len(sent) == 0 {
		return badRequest("invalid_body", "Payload validation error: 'Too few properties defined (0), minimum 1'.")
	}
	allowed := []string{"app_metadata", "blocked", "client_id", "connection", "email", "email_verified", "family_name",
		"given_name", "name", "nickname", "password", "phone_number", "phone_verified", "picture", "user_metadata",
		"username", "verify_email", "verify_password", "verify_phone_number"}
	extra := sent.named(func(name string) bool { return !slices.Contains(allowed, name) })
	if len(extra) > 0 {
		return badRequest("invalid_body", "Payload validation error: 'Additional properties not allowed: %s "+
			"(consider storing them in app_metadata or user_metadata. See \"Users Metadata\" in "+
			"https://auth0.com/docs/api/v2/changes for more details)'.", strings.Join(extra, ","))
	}
	for _, pair := range [][2]string{
		{"password", "email"}, {"password", "email_verified"}, {"password", "phone_number"}, {"password", "phone_verified"},
		{"username", "password"}, {"username", "email"}, {"username", "email_verified"}, {"phone_number", "email"},
	} {
		if sent[pair[0]] != nil && sent[pair[1]] != nil {
			return badRequest("invalid_body", "Cannot update %s and %s simultaneously", pair[0], pair[1])
		}
	}
	return nil
}

// patchedPlace is the place of the identity that a patch is about: the one of the named
// connection, else the user's own; -1 where there is none.
func (u *user) patchedPlace(in userFields) int {
	if in.Connection == nil {
		return 0
	}
	return slices.IndexFunc(u.Identities, func(id identity) bool { return id.Connection == *in.Connection })
}

// loginMembers are what an account signs in with. Of a linked one they are its own; all else,
// metadata and blocked among it, is the user's.
var loginMembers = []string{"email", "email_verified", "username", "phone_number", "phone_verified", "password"}

// patched is u after a patch that is about the identity at a place.
func (t *Tenant) patched(u *user, place int, sent patchFields) (*user, error) {
	if place == 0 {
		return u.changed(0, t.patch(sent))
	}
	own, rest := patchFields{}, patchFields{}
	for name, value := range sent {
		if slices.Contains(loginMembers, name) {
			own[name] = value
		} else {
			rest[name] = value
		}
	}
	u, err := u.changed(0, t.patch(rest))
	if err != nil {
		return nil, err
	}
	return u.changed(place, t.patch(own))
}

// patch lays what was sent over an account.
func (t *Tenant) patch(sent patchFields) func(*user) error {
	return func(account *user) error {
		conn, ok := t.connectionNamed(account.primary().Connection)
		if !ok {
			return badRequest("inexistent_connection", "The connection does not exist.")
		}
		if err := allowedFor(conn, sent); err != nil {
			return err
		}
		in, err := sent.parse()
		if err != nil {
			return err
		}
		return t.applyPatch(account, conn, in, sent)
	}
}

// allowedFor refuses fields that belong to the provider on a social identity,
// and passwords where there are none.
func allowedFor(conn *connection, sent patchFields) error {
	if conn.database() {
		return nil
	}
	theirs := []string{"password", "username"}
	if conn.social() {
		theirs = []string{"email", "email_verified", "phone_number", "phone_verified", "username", "password",
			"name", "given_name", "family_name", "nickname", "picture"}
	}
	bad := sent.named(func(name string) bool { return slices.Contains(theirs, name) })
	if len(bad) == 0 {
		return nil
	}
	return badRequest("operation_not_supported", "The following user attributes cannot be updated: %s. "+
		"The connection (%s) must either be a database connection (using the Auth0 store), a passwordless connection "+
		"(email or sms) or has disabled 'Sync user profile attributes at each login'. For more information, see "+
		"https://auth0.com/docs/dashboard/guides/connections/configure-connection-sync", strings.Join(bad, ", "), conn.Name)
}

func (t *Tenant) applyPatch(u *user, conn *connection, in userFields, sent patchFields) error {
	before := *u
	clearNulls(u, sent)
	in.setProfile(u)
	if u.Email != before.Email && in.EmailVerified == nil {
		u.EmailVerified = false // the new address is not verified yet
	}
	if u.PhoneNumber != before.PhoneNumber && in.PhoneVerified == nil {
		u.PhoneVerified = false
	}
	u.AppMetadata = merge(u.AppMetadata, in.AppMetadata)
	u.UserMetadata = merge(u.UserMetadata, in.UserMetadata)
	if in.Password != nil {
		if err := t.setPassword(u, conn, *in.Password); err != nil {
			return err
		}
		u.PasswordReset = t.now()
	}
	u.UpdatedAt = t.now()
	return nil
}

// clearNulls empties the fields for which null was sent.
func clearNulls(u *user, sent patchFields) {
	for name, field := range map[string]*string{
		"email": &u.Email, "username": &u.Username, "phone_number": &u.PhoneNumber, "name": &u.Name,
		"given_name": &u.GivenName, "family_name": &u.FamilyName, "nickname": &u.Nickname, "picture": &u.Picture,
	} {
		if string(sent[name]) == "null" {
			*field = ""
		}
	}
}

func takenField(sent patchFields) string {
	names := []string{"email", "username", "phone_number"}
	return names[max(0, slices.IndexFunc(names, func(name string) bool { return sent[name] != nil }))]
}
