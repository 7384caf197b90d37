package localtenant

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"usher/localtenant/hashes"
)

// SamplePassword is every sample user's password.
const SamplePassword = "Correct-Horse-7"

// User is a user to add: the fields of Auth0's user import, and the connection.
type User struct {
	UserID        string         `json:"user_id,omitempty"`
	Email         string         `json:"email,omitempty"`
	EmailVerified bool           `json:"email_verified,omitempty"`
	Username      string         `json:"username,omitempty"`
	PhoneNumber   string         `json:"phone_number,omitempty"`
	PhoneVerified bool           `json:"phone_verified,omitempty"`
	Password      string         `json:"password,omitempty"`
	PasswordHash  string         `json:"password_hash,omitempty"` // of bcrypt
	CustomHash    *hashes.Hash   `json:"custom_password_hash,omitempty"`
	Name          string         `json:"name,omitempty"`
	GivenName     string         `json:"given_name,omitempty"`
	FamilyName    string         `json:"family_name,omitempty"`
	Nickname      string         `json:"nickname,omitempty"`
	Picture       string         `json:"picture,omitempty"`
	Blocked       *bool          `json:"blocked,omitempty"`
	CreatedAt     time.Time      `json:"created_at,omitzero"`
	UpdatedAt     time.Time      `json:"updated_at,omitzero"`
	LastLogin     time.Time      `json:"last_login,omitzero"`
	LastIP        string         `json:"last_ip,omitempty"`
	LoginsCount   int            `json:"logins_count,omitempty"`
	Connection    string         `json:"connection,omitempty"` // default Connection
	AppMetadata   map[string]any `json:"app_metadata,omitempty"`
	UserMetadata  map[string]any `json:"user_metadata,omitempty"`
}

// AddUser adds a user as an import does, no password policy asked, and returns
// the user's id.
func (t *Tenant) AddUser(in User) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.addUser(in)
}

func (t *Tenant) addUser(in User) (string, error) {
	conn, ok := t.connectionNamed(cmp.Or(in.Connection, Connection))
	if !ok {
		return "", fmt.Errorf("add user %q: no connection %q", cmp.Or(in.Email, in.UserID), in.Connection)
	}
	now := t.now()
	u := blankUser(conn, in.UserID, cmp.Or(in.CreatedAt, now).UTC().Truncate(time.Millisecond))
	in.fields().setProfile(u)
	u.fillDefaults()
	u.UpdatedAt = cmp.Or(in.UpdatedAt, u.CreatedAt).UTC().Truncate(time.Millisecond)
	u.LastLogin, u.LastIP, u.LoginsCount = in.LastLogin.UTC(), in.LastIP, in.LoginsCount
	u.AppMetadata, u.UserMetadata = merge(nil, in.AppMetadata), merge(nil, in.UserMetadata)
	u.password = password{seeded: in.Password, imported: []byte(in.PasswordHash), custom: in.CustomHash}
	if in.CustomHash != nil {
		if bad := in.CustomHash.Check(); bad != nil {
			return "", fmt.Errorf("add user %q: custom_password_hash: %w", cmp.Or(in.Email, u.ID), bad)
		}
	}
	if _, taken := t.users.get(u.ID); taken {
		return "", fmt.Errorf("add user %q: %w", u.ID, errTaken)
	}
	if err := t.users.put(u, now); err != nil {
		return "", fmt.Errorf("add user %q: %w", cmp.Or(in.Email, u.ID), err)
	}
	return u.ID, nil
}

// fields are those of a user that a request could set. User and userFields share their names in
// JSON; an empty text is not set.
func (in User) fields() (f userFields) {
	text, _ := json.Marshal(in) // it was read from JSON, or has only plain types
	_ = json.Unmarshal(text, &f)
	f.EmailVerified, f.PhoneVerified = &in.EmailVerified, &in.PhoneVerified
	return f
}

// addSampleUsers puts in a handful of people, so that lists and searches show
// something and one of each kind can be tried.
func (t *Tenant) addSampleUsers() error {
	t.addRole("rol_Local00000000001", "admin", "Sees and changes everything")
	t.addRole("rol_Local00000000002", "support", "Helps users")
	born := time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC)
	for i, u := range []User{
		{Email: "ada@example.com", EmailVerified: true, GivenName: "Ada", FamilyName: "Lovelace", Name: "Ada Lovelace",
			UserMetadata: map[string]any{"language": "en"}, AppMetadata: map[string]any{"plan": "pro"}},
		{Email: "grace@example.com", EmailVerified: true, GivenName: "Grace", FamilyName: "Hopper", Name: "Grace Hopper"},
		{Email: "alan@example.com", GivenName: "Alan", FamilyName: "Turing", Name: "Alan Turing", Username: "alan"},
		{Email: "katherine@example.com", EmailVerified: true, GivenName: "Katherine", FamilyName: "Johnson",
			Name: "Katherine Johnson", Blocked: new(true)},
		{Email: "linus@example.com", EmailVerified: true, Name: "Linus Torvalds",
			UserID: "github|1024025", Connection: "github"},
		{Email: "radia@example.com", EmailVerified: true, GivenName: "Radia", FamilyName: "Perlman", Name: "Radia Perlman",
			UserID: "google-oauth2|109876543210987654321", Connection: "google-oauth2"},
	} {
		u.UserID = cmp.Or(u.UserID, fmt.Sprintf("auth0|65e19a1000000000000000%02d", i+1))
		u.CreatedAt = born.Add(time.Duration(i) * 36 * time.Hour)
		if u.Connection == "" {
			u.Password = SamplePassword
		}
		if _, err := t.addUser(u); err != nil {
			return err
		}
	}
	return nil
}
