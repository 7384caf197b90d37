package users

import (
	"encoding/json"
	"time"
)

// User is the JSON form of a user. Members without a value at the provider are omitted
// unless their zero value has a meaning.
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
	NoEmail       bool       `json:"-"` // the user has no address; false if Email is "" because it was unreadable

	// Both kinds of metadata are JSON objects, unchanged from the provider.
	Metadata    json.RawMessage `json:"metadata"`              // users may edit it themselves
	AppMetadata json.RawMessage `json:"app_metadata,omitzero"` // the company decides it; nil if hidden from the caller
}

// Identity is one of a user's identities.
type Identity struct {
	Connection string `json:"connection"`
	Provider   string `json:"provider"`
	UserID     string `json:"user_id"`
	Social     bool   `json:"social"`
}

// New is a user to create. The provider sets nil members.
type New struct {
	Profile
	Connection  string
	Metadata    map[string]any
	AppMetadata map[string]any
	Invite      Invite
	Record      IdempotencyRecord // zero without an Idempotency-Key, except in a job
}

// Created is the response to a creation, with the invitation if it was requested as a link.
type Created struct {
	User
	Invitation *Invitation `json:"invitation,omitempty"`
}
