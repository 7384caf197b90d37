package identities

import (
	"context"
	"errors"
	"slices"

	"usher/internal/address"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Identity is the JSON form of one of a user's identities.
type Identity struct {
	Connection string   `json:"connection"`
	Provider   string   `json:"provider"`
	UserID     string   `json:"user_id"` // within the provider
	Social     bool     `json:"social"`
	Primary    bool     `json:"primary"`           // whether the account was created with it
	Profile    *Profile `json:"profile,omitempty"` // nil for the primary identity
}

// accountID returns the ID of the identity's account while it is not linked. It is the
// subject of that account's ID tokens.
func (i Identity) accountID() string { return i.Provider + "|" + i.UserID }

// Profile is the profile of a linked account at the time of linking.
type Profile struct {
	Email         string `json:"email,omitempty"`
	EmailVerified *bool  `json:"email_verified,omitempty"`
	PhoneNumber   string `json:"phone_number,omitempty"` // E.164
	PhoneVerified *bool  `json:"phone_verified,omitempty"`
	Username      string `json:"username,omitempty"`
	Name          string `json:"name,omitempty"`
	Nickname      string `json:"nickname,omitempty"`
	Picture       string `json:"picture,omitempty"` // a URL
}

// Account holds the properties of a user that matter for linking.
type Account struct {
	ID            string
	Email         string
	EmailVerified bool
	Blocked       bool       // by an administrator
	Identities    []Identity // the primary one first
}

// hasPrimary reports whether the account's primary identity is present and readable.
func (a Account) hasPrimary() bool {
	if len(a.Identities) == 0 {
		return false
	}
	first := a.Identities[0]
	return first.Connection != "" && first.Provider != "" && first.UserID != ""
}

func errNoPrimary() error {
	const detail = "Nothing was changed: the identity provider's response does not show the account's primary identity."
	return problem.ProviderFailed.New(detail)
}

// Connection returns the connection of the primary identity; "" if unknown.
func (a Account) Connection() string {
	if len(a.Identities) == 0 {
		return ""
	}
	return a.Identities[0].Connection
}

func (a Account) has(accountID string) bool {
	return slices.ContainsFunc(a.Identities, func(i Identity) bool { return i.accountID() == accountID })
}

func (a Account) sharesVerifiedEmail(other Account) bool {
	return a.ID != other.ID && a.Email != "" && a.EmailVerified && other.EmailVerified &&
		address.Same(a.Email, other.Email)
}

// Reader reads accounts. Account fails with user-not-found.
type Reader interface {
	Account(ctx context.Context, user limits.UserID) (Account, error)
}

// ErrNotTaken is wrapped by the error of a change that the provider refused. The provider's
// response does not reliably show the reason, so the caller must read the account.
var ErrNotTaken = errors.New("the provider did not take the change")

// identityList is the response of every operation on a user's identities.
type identityList struct {
	Identities  []Identity    `json:"identities"`
	Suggestions *[]Suggestion `json:"suggestions,omitempty"` // nil if not requested
}

func listOf(identities []Identity) identityList {
	return identityList{Identities: Readable(identities)}
}

// Readable omits linked identities that were completely unreadable. It never returns nil.
func Readable(identities []Identity) []Identity {
	isBlank := func(i Identity) bool { return !i.Primary && i == (Identity{}) }
	return slices.DeleteFunc(append([]Identity{}, identities...), isBlank)
}
