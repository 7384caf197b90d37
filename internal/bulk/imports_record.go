package bulk

import (
	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/imports"
	"usher/internal/imports/credentials"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/users"
	"usher/internal/valid"
)

// importRecord is a record: a user with the members of POST /users and GET /users, and password hashes.
type importRecord struct {
	users.Profile
	PhoneVerified *bool          `json:"phone_verified"`
	Blocked       *bool          `json:"blocked"`
	Metadata      map[string]any `json:"metadata"`
	AppMetadata   map[string]any `json:"app_metadata"`
	PasswordHash  *string        `json:"password_hash"`
	CustomHash    map[string]any `json:"custom_password_hash"`
	Factors       []any          `json:"mfa_factors"`
	Ref           *string        `json:"ref"`

	// Members of other operations and of the provider, for which the faults say what to use.
	Invite       any `json:"invite"`
	Connection   any `json:"connection"`
	ID           any `json:"id"`
	UserID       any `json:"user_id"`
	UserMetadata any `json:"user_metadata"`
}

func (b *importRecord) read(c api.Call, o importOptions, line []byte) (imports.User, error) {
	if err := httpapi.DecodeLine(line, b); err != nil {
		return imports.User{}, err
	}
	if err := b.checkScopes(c); err != nil {
		return imports.User{}, err
	}
	var faults valid.Faults
	faults.AddIf(b.Email == nil, "email", "is missing")
	b.refuseOthers(&faults)
	b.checkHashes(&faults)
	n, err := b.checkProfile(c, o)
	if err = faults.With(err); err != nil {
		return imports.User{}, err
	}
	return imports.User{
		Email: *b.Email, EmailVerified: b.EmailVerified, PhoneNumber: b.PhoneNumber, PhoneVerified: b.PhoneVerified, Username: b.Username,
		Name: b.Name, GivenName: b.GivenName, FamilyName: b.FamilyName, Nickname: b.Nickname, Picture: b.Picture,
		Blocked: b.Blocked, Metadata: n.Metadata, AppMetadata: n.AppMetadata,
		PasswordHash: b.PasswordHash, CustomHash: b.CustomHash, Factors: b.Factors,
	}, nil
}

// checkScopes refuses the members for which a caller with a token lacks the scope.
func (b *importRecord) checkScopes(c api.Call) error {
	for _, member := range []struct {
		isSet bool
		group permission.Name
	}{
		{b.Metadata != nil, permission.Metadata}, {b.Blocked != nil, permission.Support}, {b.Factors != nil, permission.MFA},
	} {
		if !member.isSet {
			continue
		}
		if err := c.CheckPermission(member.group); err != nil {
			return err
		}
	}
	return nil
}

// refuseOthers refuses members that have another place.
func (b *importRecord) refuseOthers(faults *valid.Faults) {
	faults.AddIf(b.Password != nil, "password", "is not imported: use password_hash or custom_password_hash, or create the user with POST /user-creations")
	faults.AddIf(b.Invite != nil, "invite", "is not possible in an import: create and invite the user with POST /user-creations")
	faults.AddIf(b.VerifyEmail != nil, "verify_email", "is not possible in an import: use POST /verification-emails after it")
	faults.AddIf(b.Connection != nil, "connection", "is the same for all records: use the query parameter connection")
	faults.AddIf(b.ID != nil, "id", "is chosen by the service: leave it out")
	faults.AddIf(b.UserID != nil, "user_id", "is chosen by the service: leave it out")
	faults.AddIf(b.UserMetadata != nil, "user_metadata", "has another name here: use metadata")
}

func (b *importRecord) checkHashes(faults *valid.Faults) {
	faults.Check("password_hash", b.PasswordHash, credentials.PasswordHash)
	if b.CustomHash != nil {
		faults.AddIf(b.PasswordHash != nil, "custom_password_hash", "cannot be combined with password_hash")
		credentials.CheckCustomHash(faults, b.CustomHash)
	}
	if b.Factors != nil {
		credentials.CheckFactors(faults, b.Factors)
	}
	faults.AddIf(b.PhoneVerified != nil && b.PhoneNumber == nil, "phone_verified", "requires phone_number")
}

// checkProfile checks the members that POST /users has as well, by its rules and the front-end's limits.
func (b *importRecord) checkProfile(c api.Call, o importOptions) (users.New, error) {
	body := users.CreateBody{Profile: b.Profile, Metadata: b.Metadata, AppMetadata: b.AppMetadata}
	body.Password, body.VerifyEmail = nil, nil
	if b.Email == nil && b.Username == nil && b.PhoneNumber == nil {
		return users.New{}, nil // the fault about email says enough
	}
	n, err := body.New(c, users.CreateOptions{Connection: o.Connection}, "")
	if err != nil {
		return users.New{}, err
	}
	return n, nil
}

// identified returns the identifiers of the record's user.
func (b *importRecord) identified(o importOptions) users.New {
	return users.New{Connection: o.Connection, Profile: users.Profile{Email: b.Email, PhoneNumber: b.PhoneNumber, Username: b.Username}}
}

// checkLimits checks the limits of the front-end as they are when the record is processed.
func checkImportLimits(c api.Call, o importOptions, user imports.User) error {
	if err := c.FrontEnd.CheckConnection(o.Connection); err != nil {
		return err
	}
	if user.AppMetadata != nil {
		return c.CheckAppMetadata()
	}
	return nil
}

// errUnknownImport is the problem of a record whose outcome the provider does not report.
func errUnknownImport() *problem.Error {
	return problem.ProviderFailed.New("The identity provider does not report whether it imported this user. Read the user to find out.")
}
