package localtenant

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// updateUser serves PATCH /api/v2/users/{id}.
func (t *Tenant) updateUser(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return badRequest("invalid_body", "Invalid request payload JSON format")
	}
	var in userFields
	sent := map[string]json.RawMessage{}
	if errors.Join(json.Unmarshal(body, &in), json.Unmarshal(body, &sent)) != nil {
		return badRequest("invalid_body", "Invalid request payload JSON format")
	}
	if err := checkPatch(sent); err != nil {
		return err
	}
	if err := in.checkMetadata(); err != nil {
		return err
	}
	old, ok := t.users.get(r.PathValue("id"))
	if !ok {
		return userNotFound()
	}
	place := old.patchedPlace(in)
	if place < 0 {
		return badRequest("inexistent_connection", "The connection does not exist.")
	}
	u, err := t.patched(old, place, sent) // the stored user stays as it is until all is well
	if err != nil {
		return err
	}
	if err := t.users.put(u, t.now()); errors.Is(err, errTaken) {
		return badRequest("auth0_idp_error", "The specified new %s already exists", takenField(sent))
	} else if err != nil {
		return err
	}
	if value(in.VerifyEmail) && u.Email != "" {
		t.sendVerification(u)
	}
	return writeJSON(w, http.StatusOK, u.document())
}

// checkPatch refuses what can never go into one call.
func checkPatch(sent map[string]json.RawMessage) error {
	if len(sent) == 0 {
		return badRequest("invalid_body", "Payload validation error: 'Too few properties defined (0), minimum 1'.")
	}
	allowed := []string{"app_metadata", "blocked", "client_id", "connection", "email", "email_verified", "family_name",
		"given_name", "name", "nickname", "password", "phone_number", "phone_verified", "picture", "user_metadata",
		"username", "verify_email", "verify_password", "verify_phone_number"}
	var extra []string
	for name := range sent {
		if !slices.Contains(allowed, name) {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		slices.Sort(extra)
		return badRequest("invalid_body", "Payload validation error: 'Additional properties not allowed: %s "+
			"(consider storing them in app_metadata or user_metadata. See \"Users Metadata\" in "+
			"https://auth0.com/docs/api/v2/changes for more details)'.", strings.Join(extra, ","))
	}
	both := func(a, b string) bool { return sent[a] != nil && sent[b] != nil }
	for _, pair := range [][2]string{
		{"password", "email"}, {"password", "email_verified"}, {"password", "phone_number"}, {"password", "phone_verified"},
		{"username", "password"}, {"username", "email"}, {"username", "email_verified"}, {"phone_number", "email"},
	} {
		if both(pair[0], pair[1]) {
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
func (t *Tenant) patched(u *user, place int, sent map[string]json.RawMessage) (*user, error) {
	if place == 0 {
		return u.changed(0, t.patch(sent))
	}
	own, rest := maps.Clone(sent), maps.Clone(sent)
	maps.DeleteFunc(own, func(name string, _ json.RawMessage) bool { return !slices.Contains(loginMembers, name) })
	maps.DeleteFunc(rest, func(name string, _ json.RawMessage) bool { return slices.Contains(loginMembers, name) })
	u, err := u.changed(0, t.patch(rest))
	if err != nil {
		return nil, err
	}
	return u.changed(place, t.patch(own))
}

// patch lays what was sent over an account.
func (t *Tenant) patch(sent map[string]json.RawMessage) func(*user) error {
	return func(account *user) error {
		conn, ok := t.connectionNamed(account.primary().Connection)
		if !ok {
			return badRequest("inexistent_connection", "The connection does not exist.")
		}
		if err := allowedFor(conn, sent); err != nil {
			return err
		}
		body, err := json.Marshal(sent)
		if err != nil {
			return badRequest("invalid_body", "Invalid request payload JSON format")
		}
		var in userFields
		if err := json.Unmarshal(body, &in); err != nil {
			return badRequest("invalid_body", "Invalid request payload JSON format")
		}
		return t.applyPatch(account, conn, in, sent)
	}
}

// allowedFor refuses fields that belong to the provider on a social identity,
// and passwords where there are none.
func allowedFor(conn *connection, sent map[string]json.RawMessage) error {
	if conn.database() {
		return nil
	}
	theirs := []string{"password", "username"}
	if conn.social() {
		theirs = []string{"email", "email_verified", "phone_number", "phone_verified", "username", "password",
			"name", "given_name", "family_name", "nickname", "picture"}
	}
	var bad []string
	for name := range maps.Keys(sent) {
		if slices.Contains(theirs, name) {
			bad = append(bad, name)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	slices.Sort(bad)
	return badRequest("operation_not_supported", "The following user attributes cannot be updated: %s. "+
		"The connection (%s) must either be a database connection (using the Auth0 store), a passwordless connection "+
		"(email or sms) or has disabled 'Sync user profile attributes at each login'. For more information, see "+
		"https://auth0.com/docs/dashboard/guides/connections/configure-connection-sync", strings.Join(bad, ", "), conn.Name)
}

func (t *Tenant) applyPatch(u *user, conn *connection, in userFields, sent map[string]json.RawMessage) error {
	before := *u
	clearNulls(u, sent)
	in.setProfile(u)
	if u.Email != before.Email && in.EmailVerified == nil {
		u.EmailVerified = false // nobody has shown that the new address is theirs
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
func clearNulls(u *user, sent map[string]json.RawMessage) {
	for name, field := range map[string]*string{
		"email": &u.Email, "username": &u.Username, "phone_number": &u.PhoneNumber, "name": &u.Name,
		"given_name": &u.GivenName, "family_name": &u.FamilyName, "nickname": &u.Nickname, "picture": &u.Picture,
	} {
		if string(sent[name]) == "null" {
			*field = ""
		}
	}
}

func takenField(sent map[string]json.RawMessage) string {
	for _, name := range []string{"email", "username", "phone_number"} {
		if sent[name] != nil {
			return name
		}
	}
	return "email"
}
