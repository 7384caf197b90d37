package users

import (
	"context"
	"fmt"
	"time"

	"usher/internal/valid"
)

// The ways in which an invited user gets the link to set a password.
const (
	InviteByEmail = "email" // the provider mails it
	InviteByLink  = "link"  // the front-end gets it, and hands it on
)

// The bounds of an invitation's lifetime, in seconds.
const (
	shortestTTL = 60
	longestTTL  = 30 * 24 * 60 * 60
)

// Invite is how a new user is invited, and what is wished of the link.
type Invite struct {
	By            string        // InviteByEmail or InviteByLink; "" for no invitation
	ResultURL     string        // where the page behind the link leads to; "" for nowhere
	TTL           time.Duration // whole seconds; 0 for the provider's own
	VerifiesEmail bool          // following the link shows whose the address is
}

// Invitation is the link with which a new user sets a password. It is a
// credential.
type Invitation struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// inviteBody is what a request says of an invitation.
type inviteBody struct {
	Invite        *string `json:"invite,omitempty"`
	ResultURL     *string `json:"result_url,omitempty"`
	TTL           *int64  `json:"ttl,omitempty"` // seconds
	VerifiesEmail *bool   `json:"verifies_email,omitempty"`
}

// check holds the invitation of a user with this profile to the rules. The user gets
// one mail at the most: no other link goes out beside it.
func (b inviteBody) check(faults *valid.Faults, p Profile, resultURLs []string) {
	how := ""
	if b.Invite != nil {
		how = *b.Invite
		faults.AddIf(how != InviteByEmail && how != InviteByLink, "invite", `must be "email" or "link"`)
		faults.AddIf(p.Email == nil, "email", "is needed for an invitation")
		faults.AddIf(p.Password != nil, "password", "does not go with an invitation: the user sets it")
		faults.AddIf(p.VerifyEmail != nil, "verify_email", "does not go with an invitation, which is the one mail")
	}
	if how != InviteByLink {
		const linkOnly = `goes with invite "link" only`
		faults.AddIf(b.ResultURL != nil, "result_url", linkOnly)
		faults.AddIf(b.TTL != nil, "ttl", linkOnly)
		faults.AddIf(b.VerifiesEmail != nil, "verifies_email", linkOnly)
		return
	}
	faults.Check("result_url", b.ResultURL, valid.In(resultURLs, "is not one of the URLs that the service is configured with"))
	faults.AddIf(b.TTL != nil && (*b.TTL < shortestTTL || *b.TTL > longestTTL), "ttl",
		fmt.Sprintf("must be a whole number of seconds from %d to %d", shortestTTL, longestTTL))
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

// invited completes a creation, or the repeat of one, by the invitation. It
// goes out once, and no more when the user has signed in: what is left of a
// repeat then is to tell of the user.
func invited(ctx context.Context, dir Creator, created Creation, n New) (Created, error) {
	isMailed := n.Invite.By == InviteByEmail && created.InvitationMailed
	if n.Invite.By == "" || isMailed || created.User.LoginsCount > 0 {
		return Created{User: created.User}, nil
	}
	return dir.Invite(ctx, created, n)
}
