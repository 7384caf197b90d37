package localtenant

import (
	"encoding/json"
	"slices"
	"time"

	"usher/internal/address"
	"usher/localtenant/importfile"
)

// importUser adds one user, or updates the one with the address, by the rules of
// https://auth0.com/docs/manage-users/user-migration/bulk-user-imports.
func (t *Tenant) importUser(j *importJob, r importfile.Record, at time.Time) (existed bool, problems []importfile.Problem) {
	if len(r.Problems) > 0 {
		return false, r.Problems
	}
	var in userFields
	if err := json.Unmarshal(r.JSON, &in); err != nil {
		return false, failure("INVALID_TYPE", err.Error()) // the schema has checked the types
	}
	if member, text := in.badMetadata(); member != "" { // the code is a guess
		return false, []importfile.Problem{{Code: "NOT_PASSED", Message: text, Path: member}}
	}
	found, existed := t.users.logins[loginName{j.conn.Name, "email", address.Fold(r.Email)}]
	_, sameID := t.users.get(importedID(j.conn, r.UserID))
	_, sameName := t.users.logins[loginName{j.conn.Name, "username", address.Fold(r.Username)}]
	_, samePhone := t.users.logins[loginName{j.conn.Name, "phone", r.PhoneNumber}]
	switch {
	case existed && j.upsert:
		return true, t.upsertUser(found, in, r, at)
	case j.upsert && sameID: // that the next two are so is a guess
		return false, failure("CONFLICT", "The user_id is of another user")
	case j.upsert && sameName:
		return false, failure("CONFLICT_USERNAME", "The username is of another user")
	case existed || sameID || sameName || samePhone: // recorded: TestJobManager_ReadErrors of auth0/go-auth0
		return existed, failure("DUPLICATED_USER", "The user already exist and upsert parameter is false")
	}
	return false, t.insertUser(j.conn, in, r, at)
}

func failure(code, message string) []importfile.Problem {
	return []importfile.Problem{{Code: code, Message: message}}
}

// importedID is an id with the prefix, which a given id gets even where it has it: so
// auth0|auth0|… is documented.
func importedID(conn *connection, given string) string {
	if given == "" {
		return ""
	}
	return conn.Strategy + "|" + given
}

// insertUser adds a user. Without a hash, no password signs in until one is set
// (https://support.auth0.com/center/s/article/auth0-bulk-user-import-without-password-hashes).
func (t *Tenant) insertUser(conn *connection, in userFields, r importfile.Record, at time.Time) []importfile.Problem {
	u := blankUser(conn, importedID(conn, r.UserID), at)
	in.setProfile(u)
	u.fillDefaults()
	u.AppMetadata, u.UserMetadata = merge(nil, in.AppMetadata), merge(nil, in.UserMetadata)
	u.password = password{imported: []byte(r.PasswordHash), custom: r.CustomHash}
	if err := t.users.put(u, at); err != nil {
		return failure("CONFLICT", "The user already exists")
	}
	return t.importFactors(u, r.Factors)
}

// upsertUser updates a user's upsertable members. Metadata that is there replaces all that was;
// what is not there stays, but for email_verified
// (https://community.auth0.com/t/140108). A hash can be replaced until it has been signed in with.
func (t *Tenant) upsertUser(found login, in userFields, r importfile.Record, at time.Time) []importfile.Problem {
	verified := value(in.EmailVerified)
	only := userFields{
		EmailVerified: &verified, Name: in.Name, GivenName: in.GivenName, FamilyName: in.FamilyName,
		Nickname: in.Nickname, Picture: in.Picture,
	}
	if r.CustomHash != nil && found.account().password.custom == nil { // the code is a guess
		return failure("CONFLICT", "A custom_password_hash was provided, but the user already has password hash defined.")
	}
	u, _ := found.user.changed(found.place, func(account *user) error {
		only.setProfile(account)
		if r.CustomHash != nil {
			account.password.custom = r.CustomHash
		}
		return nil
	})
	if in.AppMetadata != nil {
		u.AppMetadata = merge(nil, in.AppMetadata)
	}
	if in.UserMetadata != nil {
		u.UserMetadata = merge(nil, in.UserMetadata)
	}
	u.UpdatedAt = at
	if err := t.users.put(u, at); err != nil {
		return failure("CONFLICT", "The user already exists")
	}
	return t.importFactors(u, r.Factors)
}

// importFactors replaces a user's factors, if there are any to import. They are said not to be
// upsertable on one page, and to be updated on another, which is the more detailed:
// https://auth0.com/docs/secure/multi-factor-authentication/authenticate-using-ropg-flow-with-mfa/import-user-mfa-authenticator-enrollments.
// The error is from there; which factors cause it is a guess. All else of the user is imported.
func (t *Tenant) importFactors(u *user, list []importfile.Factor) []importfile.Problem {
	var factors []*factor
	for _, in := range list {
		var f *factor
		switch {
		case in.TOTP != nil:
			f = t.newFactor("totp")
			f.Secret = in.TOTP.Secret
			key, err := totpEncoding.DecodeString(f.Secret)
			if err != nil || totpEncoding.EncodedLen(len(key)) != len(f.Secret) { // a letter is left over
				return failure("MFA_FACTORS_FAILED", "Unable to import factors")
			}
		case in.Phone != nil:
			f = t.newFactor("phone")
			f.Phone = in.Phone.Value
		case in.Email != nil:
			f = t.newFactor("email")
			f.Email = in.Email.Value
		default:
			continue
		}
		if slices.ContainsFunc(factors, f.clashes) {
			return failure("MFA_FACTORS_FAILED", "Unable to import factors")
		}
		factors = append(factors, f)
	}
	if factors != nil {
		t.factors[u.ID] = factors
	}
	return nil
}
