package users

import (
	"context"
	"fmt"
	"time"

	"usher/internal/valid"
)

// How an invited user receives the link to set a password.
const (
	InviteByEmail = "email" // the provider mails it
	InviteByLink  = "link"  // the front-end receives and delivers it
)

// The bounds and the default of an invitation's lifetime, in seconds.
const (
	minTTL     = 60
	maxTTL     = 30 * 24 * 60 * 60
	defaultTTL = 5 * 24 * 60 * 60
)

// Invite holds the options of an invitation.
type Invite struct {
	By            string        // InviteByEmail or InviteByLink; "" for no invitation
	ResultURL     string        // target of the page behind the link; "" for none
	TTL           time.Duration // whole seconds; 0 for the provider's default
	VerifiesEmail bool          // whether using the link verifies the address
}

// Invitation is the link to set a new user's password. It is a credential.
type Invitation struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// inviteBody holds the members of a request that describe an invitation.
type inviteBody struct {
	Invite        *string `json:"invite,omitempty"`
	ResultURL     *string `json:"result_url,omitempty"`
	TTL           *int64  `json:"ttl,omitempty"` // seconds
	VerifiesEmail *bool   `json:"verifies_email,omitempty"`
}

// dropNeutral removes the values that mean the same as an absent member. Generated clients send them.
func (b *inviteBody) dropNeutral() {
	b.TTL = unlessNeutral(b.TTL, defaultTTL)
	b.VerifiesEmail = unlessNeutral(b.VerifiesEmail, false)
}

func unlessNeutral[T comparable](value *T, neutral T) *T {
	if value != nil && *value == neutral {
		return nil
	}
	return value
}

// check validates the invitation of a user with profile p. It rejects verify_email, so that
// the user gets at most one email.
func (b inviteBody) check(faults *valid.Faults, p Profile, resultURLs []string) {
	by := ""
	if b.Invite != nil {
		by = *b.Invite
		faults.AddIf(by != InviteByEmail && by != InviteByLink, "invite", `must be "email" or "link"`)
		faults.AddIf(p.Email == nil, "email", "is required for an invitation")
		faults.AddIf(p.Password != nil, "password", "cannot be combined with invite: the user sets the password")
		faults.AddIf(p.VerifyEmail != nil, "verify_email", "cannot be combined with invite: the invitation is the only email")
	}
	if by != InviteByLink {
		const linkOnly = `requires invite "link"`
		faults.AddIf(b.ResultURL != nil, "result_url", linkOnly)
		faults.AddIf(b.TTL != nil, "ttl", linkOnly)
		faults.AddIf(b.VerifiesEmail != nil, "verifies_email", linkOnly)
		return
	}
	faults.Check("result_url", b.ResultURL, valid.In(resultURLs, "is not one of the configured result URLs"))
	faults.AddIf(b.TTL != nil && (*b.TTL < minTTL || *b.TTL > maxTTL), "ttl",
		fmt.Sprintf("must be a whole number of seconds from %d to %d", minTTL, maxTTL))
}

func (b inviteBody) invite() Invite {
	var i Invite
	if b.Invite != nil {
		i.By = *b.Invite
	}
	if b.ResultURL != nil {
		i.ResultURL = *b.ResultURL
	}
	if b.TTL != nil {
		i.TTL = time.Duration(*b.TTL) * time.Second
	}
	i.VerifiesEmail = b.VerifiesEmail != nil && *b.VerifiesEmail
	return i
}

// invite adds the invitation to a creation or to its repetition. It sends nothing if the
// invitation was mailed before or the user has signed in.
func invite(ctx context.Context, dir Creator, created Creation, n New) (Created, error) {
	isMailed := n.Invite.By == InviteByEmail && created.InvitationMailed
	if n.Invite.By == "" || isMailed || created.User.LoginsCount > 0 {
		return Created{User: created.User}, nil
	}
	return dir.Invite(ctx, created, n)
}
