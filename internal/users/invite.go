package users

import (
	"context"
	"fmt"
	"slices"
	"time"

	"usher/internal/problem"
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

// faults lists what is wrong with the invitation to a user with this profile.
// The user gets one mail at the most: no other link goes out beside it.
func (b inviteBody) faults(p Profile, resultURLs []string) []problem.Field {
	var wrong []problem.Field
	refuse := func(name string, isThere bool, detail string) {
		if isThere {
			wrong = append(wrong, problem.Field{Field: name, Detail: detail})
		}
	}
	how := ""
	if b.Invite != nil {
		how = *b.Invite
		refuse("invite", how != InviteByEmail && how != InviteByLink, `must be "email" or "link"`)
		refuse("email", p.Email == nil, "is needed for an invitation")
		refuse("password", p.Password != nil, "does not go with an invitation: the user sets it")
		refuse("verify_email", p.VerifyEmail != nil, "does not go with an invitation, which is the one mail")
	}
	if how != InviteByLink {
		const linkOnly = `goes with invite "link" only`
		refuse("result_url", b.ResultURL != nil, linkOnly)
		refuse("ttl", b.TTL != nil, linkOnly)
		refuse("verifies_email", b.VerifiesEmail != nil, linkOnly)
		return wrong
	}
	refuse("result_url", b.ResultURL != nil && !slices.Contains(resultURLs, *b.ResultURL), "is not one of the URLs that the service is configured with")
	refuse("ttl", b.TTL != nil && (*b.TTL < shortestTTL || *b.TTL > longestTTL), fmt.Sprintf("must be a whole number of seconds from %d to %d", shortestTTL, longestTTL))
	return wrong
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
