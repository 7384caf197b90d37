package localtenant

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"usher/internal/address"
)

// ticket is what a link in a mail stands for.
type ticket struct {
	kind         string // verify, reset, enrol
	userID       string
	email        string // the address that the link was for
	resultURL    string
	markVerified bool   // following the link shows whose the address is
	addEmail     bool   // to the result URL
	identity     string // the id of the identity whose password it sets, where that is a linked one
	expires      time.Time
	enrolling    *factor // of an enrolment
}

const ticketTTL = 5 * 24 * time.Hour

// newTicket makes a ticket and the link that redeems it. The # at its end is
// Auth0's: it keeps mail programs from adding to the query.
func (t *Tenant) newTicket(k ticket, path string) string {
	id := randomID(32)
	t.tickets[id] = &k
	return t.opts.BaseURL + path + "?ticket=" + url.QueryEscape(id) + "#"
}

// redeemed is a ticket that a request redeems, and its user.
type redeemed struct {
	*ticket
	id   string
	user *user
}

// redeemable finds a ticket of a kind that has not been used or run out.
func (t *Tenant) redeemable(kind string) func(*http.Request) (redeemed, error) {
	return func(r *http.Request) (redeemed, error) {
		id := r.FormValue("ticket")
		k, ok := t.tickets[id]
		if !ok || k.kind != kind || !t.now().Before(k.expires) {
			return redeemed{}, linkEnded()
		}
		u, ok := t.users.get(k.userID)
		if !ok {
			return redeemed{}, linkEnded()
		}
		return redeemed{k, id, u}, nil
	}
}

// sendVerification mails a user the link that verifies their address.
func (t *Tenant) sendVerification(u *user) {
	link := t.newTicket(ticketFields{}.ticket("verify", u, t.now()), "/u/email-verification")
	t.send(Mail{To: u.Email, Kind: "verify_email", Subject: "Verify your email", Link: link})
}

// sendReset mails a user the link that sets a new password.
func (t *Tenant) sendReset(l login) {
	k := ticketFields{MarkVerified: true}.ticket("reset", l.user, t.now())
	k.email, k.identity = l.account().Email, l.identity()
	link := t.newTicket(k, "/u/reset-password")
	t.send(Mail{To: k.email, Kind: "reset_email", Subject: "Reset your password", Link: link})
}

// identity names the linked account in a ticket; "" is the user's own.
func (l login) identity() string {
	if l.place == 0 {
		return ""
	}
	return l.user.Identities[l.place].UserID
}

type ticketFields struct {
	UserID       string `json:"user_id"`
	Email        string `json:"email"`
	ConnectionID string `json:"connection_id"`
	ClientID     string `json:"client_id"`
	ResultURL    string `json:"result_url"`
	TTL          int    `json:"ttl_sec"`
	MarkVerified bool   `json:"mark_email_as_verified"`
	AddEmail     bool   `json:"includeEmailInRedirect"`
	Identity     *struct {
		UserID string `json:"user_id"`
	} `json:"identity"`
}

func (in ticketFields) ticket(kind string, u *user, now time.Time) ticket {
	life := ticketTTL
	if in.TTL > 0 {
		life = time.Duration(in.TTL) * time.Second
	}
	return ticket{kind: kind, userID: u.ID, email: u.Email, resultURL: in.ResultURL, markVerified: in.MarkVerified,
		addEmail: in.AddEmail, expires: now.Add(life)}
}

// createPasswordTicket serves POST /api/v2/tickets/password-change.
func (t *Tenant) createPasswordTicket(w http.ResponseWriter, _ *http.Request, in ticketFields) error {
	found, err := t.ticketUser(in)
	if err != nil {
		return err
	}
	u := found.user
	k := in.ticket("reset", u, t.now())
	k.identity = found.identity()
	if in.Identity != nil {
		k.identity = in.Identity.UserID
	}
	place := u.identityFor(&k)
	if place < 0 {
		return newAPIError(http.StatusNotFound, "inexistent_identity", "The identity does not exist.")
	}
	if conn, ok := t.connectionNamed(u.Identities[place].Connection); !ok || !conn.database() {
		return badRequest("operation_not_supported", "The user's connection does not support password changes.")
	}
	k.email = u.account(place).Email
	return writeJSON(w, http.StatusCreated, map[string]any{"ticket": t.newTicket(k, "/u/reset-password")})
}

// identityFor finds the identity whose password a ticket sets: the account's
// own, unless the ticket names a linked one; -1 where that is gone.
func (u *user) identityFor(k *ticket) int {
	if k.identity == "" {
		return 0
	}
	return slices.IndexFunc(u.Identities, func(id identity) bool { return id.UserID == k.identity })
}

// ticketUser is named by an id, or by an address in a connection.
func (t *Tenant) ticketUser(in ticketFields) (login, error) {
	switch {
	case in.ResultURL != "" && in.ClientID != "":
		return login{}, badRequest("invalid_body", "You cannot specify both result_url and client_id.")
	case in.UserID != "" && in.Email != "":
		return login{}, badRequest("invalid_body", "You cannot specify both email and user_id.")
	case in.UserID != "":
		if u, ok := t.users.get(in.UserID); ok {
			return login{user: u}, nil
		}
	case in.Email == "" || in.ConnectionID == "":
		return login{}, badRequest("invalid_body", "Either user_id, or email and connection_id, must be specified.")
	default:
		conn, ok := t.connectionWithID(in.ConnectionID)
		if !ok {
			return login{}, newAPIError(http.StatusNotFound, "inexistent_connection", "The connection does not exist.")
		}
		if found, ok := t.users.logins[loginName{conn.Name, "email", address.Fold(in.Email)}]; ok {
			return found, nil
		}
	}
	return login{}, userNotFound()
}

// createVerificationTicket serves POST /api/v2/tickets/email-verification.
func (t *Tenant) createVerificationTicket(w http.ResponseWriter, _ *http.Request, in ticketFields) error {
	u, ok := t.users.get(in.UserID)
	if !ok {
		return userNotFound()
	}
	if u.Email == "" {
		return userWithoutEmail()
	}
	link := t.newTicket(in.ticket("verify", u, t.now()), "/u/email-verification")
	return writeJSON(w, http.StatusCreated, map[string]any{"ticket": link})
}
