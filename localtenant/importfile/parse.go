// Package importfile reads the files of users that an import into Auth0 takes, and says of every
// user what is wrong. The rules and the error codes are those of
// https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples and
// https://auth0.com/docs/manage-users/user-migration/bulk-user-imports.
package importfile

import (
	"encoding/json"
	"errors"
	"fmt"

	"usher/internal/address"
	"usher/localtenant/hashes"
)

// Record is a user of a file. With problems, only Shown is of use.
type Record struct {
	Email, Username, UserID string
	PhoneNumber             string
	PasswordHash            string       // of bcrypt
	CustomHash              *hashes.Hash // nil without one
	Factors                 []Factor     // nil without any

	JSON     json.RawMessage // all of it
	Shown    map[string]any  // as errors show it, without what must not be shown again
	Problems []Problem
}

// Factor is an enrolment of a user. One member is set, or none.
type Factor struct {
	TOTP  *struct{ Secret string } `json:"totp"`
	Phone *struct{ Value string }  `json:"phone"`
	Email *struct{ Value string }  `json:"email"`
}

// Problem is an error of a user, as a job's errors show it.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
}

// ParseFailed is what Auth0 says of a file that it cannot read.
const ParseFailed = "Failed to parse users file JSON when importing users. Make sure it is valid JSON."

// Parse reads a file: a JSON array. An error is about the whole file.
func Parse(text []byte) ([]Record, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("parse the users: %w", err)
	}
	if list == nil {
		return nil, errors.New("parse the users: null is no array")
	}
	records := make([]Record, len(list))
	seen := map[string]bool{}
	for i, raw := range list {
		records[i] = parseRecord(raw)
		records[i].repeats(seen)
	}
	return records, nil
}

func parseRecord(raw json.RawMessage) Record {
	var v any
	_ = json.Unmarshal(raw, &v) // the file was parsed, and so this is JSON
	r := Record{JSON: raw, Shown: shown(v), Problems: check(v)}
	if len(r.Problems) > 0 {
		return r
	}
	var in struct {
		Email      string       `json:"email"`
		Username   string       `json:"username"`
		UserID     string       `json:"user_id"`
		Phone      string       `json:"phone_number"`
		Hash       string       `json:"password_hash"`
		CustomHash *hashes.Hash `json:"custom_password_hash"`
		Factors    []Factor     `json:"mfa_factors"`
	}
	plain, _ := json.Marshal(v) // with 1e3 as 1000
	if err := json.Unmarshal(plain, &in); err != nil {
		r.Problems = []Problem{{Code: "MAXIMUM", Message: "A number is too large"}} // which the schema allows
		return r
	}
	r.Email, r.Username, r.UserID, r.PhoneNumber = in.Email, in.Username, in.UserID, in.Phone
	r.PasswordHash, r.CustomHash, r.Factors = in.Hash, in.CustomHash, in.Factors
	if in.CustomHash != nil {
		if bad := in.CustomHash.Check(); bad != nil {
			bad.Property = "custom_password_hash." + bad.Property
			r.Problems = []Problem{problem(bad)}
		}
	}
	return r
}

// repeats marks a record that names a user whom an earlier one has named: Auth0 does not insert
// the one and then update it by the other. The text is from
// https://community.auth0.com/t/102951.
func (r *Record) repeats(seen map[string]bool) {
	if len(r.Problems) > 0 {
		return
	}
	names := []string{"email " + address.Fold(r.Email)}
	if r.Username != "" {
		names = append(names, "username "+address.Fold(r.Username))
	}
	if r.UserID != "" {
		names = append(names, "user_id "+r.UserID)
	}
	if r.PhoneNumber != "" {
		names = append(names, "phone "+r.PhoneNumber)
	}
	for _, name := range names {
		if seen[name] {
			r.Problems = []Problem{{
				Code: "DUPLICATED_USER", Message: "A user with this [email|username|user_id] was already provided.",
			}}
			return
		}
	}
	for _, name := range names {
		seen[name] = true
	}
}
