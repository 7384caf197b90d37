package usher

import (
	"encoding/json"
	"time"
)

// Factor is an authentication method beside the password.
type Factor struct {
	ID          string    `json:"id"`
	Type        string    `json:"type"`
	Confirmed   bool      `json:"confirmed"`
	Name        string    `json:"name"`
	PhoneNumber string    `json:"phone_number"` // masked
	Email       string    `json:"email"`        // masked
	CreatedAt   time.Time `json:"created_at"`
	LastUsedAt  time.Time `json:"last_used_at"`
}

// Factors is the response of GET /mfa/{user_id}.
type Factors struct {
	Methods []Factor `json:"methods"`
}

// Session is a browser in which a user is signed in at the provider.
type Session struct {
	ID              string    `json:"id"`
	CreatedAt       time.Time `json:"created_at"`
	AuthenticatedAt time.Time `json:"authenticated_at"`
	LastUsedAt      time.Time `json:"last_used_at"`
	ExpiresAt       time.Time `json:"expires_at"`
	Device          struct {
		IP        string `json:"ip"`
		UserAgent string `json:"user_agent"`
	} `json:"device"`
	Methods []string `json:"methods"`
}

// Sessions is a page of GET /sessions/{user_id}.
type Sessions struct {
	Sessions []Session `json:"sessions"`
	Next     string    `json:"next"`
}

// Event is an event of a user's history.
type Event struct {
	Type       string    `json:"type"`
	At         time.Time `json:"at"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"user_agent"`
	Connection string    `json:"connection"`
	Client     string    `json:"client"`
}

// Events is a page of GET /events/{user_id}, newest first.
type Events struct {
	Events []Event `json:"events"`
	Next   string  `json:"next"`
}

// LoginBlocks is the response of GET /login-blocks/{user_id}.
type LoginBlocks struct {
	BlockedFor []struct {
		Identifier string `json:"identifier"`
		IP         string `json:"ip"`
		Connection string `json:"connection"`
	} `json:"blocked_for"`
}

// Identities is the response of GET /identities/{user_id}.
type Identities struct {
	Identities []struct {
		UserIdentity
		Primary bool `json:"primary"`
		Profile struct {
			Email    string `json:"email"`
			Name     string `json:"name"`
			Username string `json:"username"`
		} `json:"profile"`
	} `json:"identities"`
	Suggestions []struct {
		UserID     string `json:"user_id"`
		Connection string `json:"connection"`
		Provider   string `json:"provider"`
	} `json:"suggestions"`
}

// Link is a link that is a credential.
type Link struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// As reads the JSON of an answer to a change. An unreadable one is a *Problem.
func As[T any](got Answer, err error) (T, error) { return decode[T](got, err) }

// Created is the response of POST /users.
type Created struct {
	User
	Invitation *Link `json:"invitation"`
}

// RoleList is the response of GET /roles.
type RoleList = roles

// Document is metadata as text.
type Document = json.RawMessage
