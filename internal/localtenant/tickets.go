package localtenant

import (
	"net/url"
	"time"
)

// ticket is what a link in a mail stands for.
type ticket struct {
	kind      string // verify, reset
	userID    string
	email     string // the address that the link was for
	resultURL string
	expires   time.Time
}

const ticketTTL = 5 * 24 * time.Hour

func (t *Tenant) newTicket(k ticket, path string) string {
	id := randomID(32)
	t.tickets[id] = &k
	return t.opts.BaseURL + path + "?ticket=" + url.QueryEscape(id) + "#"
}

// sendVerification mails a user the link that verifies their address.
func (t *Tenant) sendVerification(u *user) {
	link := t.newTicket(ticket{kind: "verify", userID: u.ID, email: u.Email, expires: t.now().Add(ticketTTL)}, "/u/email-verification")
	t.send(Mail{To: u.Email, Kind: "verify_email", Subject: "Verify your email", Link: link})
}
