package identities

import (
	"context"
	"errors"
	"slices"

	"usher/internal/address"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Identity is one way in which a user signs in, on the wire.
type Identity struct {
	Connection string   `json:"connection"`
	Provider   string   `json:"provider"`
	UserID     string   `json:"user_id"` // within the provider
	Social     bool     `json:"social"`
	Primary    bool     `json:"primary"`           // the one that the account was made with
	Profile    *Profile `json:"profile,omitempty"` // of a linked account; the primary's is the user's own
}

// accountID is the id of the account that the identity makes by itself, and so
// the subject of its ID tokens as long as it is not linked.
func (i Identity) accountID() string { return i.Provider + "|" + i.UserID }

// Profile is what a linked account said of its person when it was linked.
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

// Account is what matters here of a user.
type Account struct {
	ID            string
	Email         string
	EmailVerified bool
	Blocked       bool       // by an administrator
	Identities    []Identity // the primary one first
}

// isLegible reports whether it can be told who the account is: its first identity
// can be read. Where not, nothing is linked or unlinked.
func (a Account) isLegible() bool {
	if len(a.Identities) == 0 {
		return false
	}
	first := a.Identities[0]
	return first.Connection != "" && first.Provider != "" && first.UserID != ""
}

func illegible() error {
	return problem.ProviderFailed.New("Nothing was changed: the identity provider's answer does not say by which identity the account was made.")
}

// Connection is the one that the account belongs to; "" where the provider does not say.
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
	return a.ID != other.ID && a.Email != "" && a.EmailVerified && other.EmailVerified && address.Same(a.Email, other.Email)
}

// Reader knows accounts. Account fails with user-not-found.
type Reader interface {
	Account(ctx context.Context, user limits.UserID) (Account, error)
}

// ErrNotTaken is in the error of a change that the provider understood and did
// not make. Its answer does not say for certain why: to be found out by reading.
var ErrNotTaken = errors.New("the provider did not take the change")

// identityList is what every operation on a user's identities answers.
type identityList struct {
	Identities  []Identity    `json:"identities"`
	Suggestions *[]Suggestion `json:"suggestions,omitempty"` // nil where they were not asked for
}

// listOf leaves out the linked identities of which nothing could be read.
func listOf(identities []Identity) identityList {
	isBlank := func(i Identity) bool { return !i.Primary && i == (Identity{}) }
	return identityList{Identities: slices.DeleteFunc(append([]Identity{}, identities...), isBlank)}
}
