package users

import (
	"encoding/json"
	"time"
)

// User is a user on the wire. Members that the provider does not have are left
// out, but for those that always have a meaning.
type User struct {
	ID            string     `json:"id"`
	Email         string     `json:"email,omitempty"`
	EmailVerified *bool      `json:"email_verified,omitempty"`
	Username      string     `json:"username,omitempty"`
	PhoneNumber   string     `json:"phone_number,omitempty"` // E.164
	PhoneVerified *bool      `json:"phone_verified,omitempty"`
	Name          string     `json:"name,omitempty"`
	GivenName     string     `json:"given_name,omitempty"`
	FamilyName    string     `json:"family_name,omitempty"`
	Nickname      string     `json:"nickname,omitempty"`
	Picture       string     `json:"picture,omitempty"` // a URL
	Blocked       bool       `json:"blocked"`           // by an administrator
	CreatedAt     *time.Time `json:"created_at,omitempty"`
	UpdatedAt     *time.Time `json:"updated_at,omitempty"`
	LastLogin     *time.Time `json:"last_login,omitempty"`
	LoginsCount   int        `json:"logins_count"`
	Identities    []Identity `json:"identities"`
	NoEmail       bool       `json:"-"` // the provider says that there is none, which an Email of "" does not

	// Both kinds of metadata are JSON objects, exactly as the provider keeps them.
	Metadata    json.RawMessage `json:"metadata"`              // what users may edit themselves
	AppMetadata json.RawMessage `json:"app_metadata,omitzero"` // what the company decides; nil where the front-end may not see it
}

// Identity is one way in which a user signs in.
type Identity struct {
	Connection string `json:"connection"`
	Provider   string `json:"provider"`
	UserID     string `json:"user_id"`
	Social     bool   `json:"social"`
}

// New is a user to create. Nil members are the provider's to fill.
type New struct {
	Profile
	Connection  string
	Metadata    map[string]any
	AppMetadata map[string]any
	Invite      Invite
	Record      IdempotencyRecord // zero without an Idempotency-Key
}

// Created is a new user on the wire, with the invitation where it was asked for
// as a link.
type Created struct {
	User
	Invitation *Invitation `json:"invitation,omitempty"`
}
