package localtenant

import (
	"net/http"
	"time"
)

// rotation is a change of secret under way: until it is over, some connections
// reach a server that knows only the old secret, the others one that knows only
// the new.
type rotation struct {
	old, new string
	until    time.Time
	isNew    map[string]bool // by the caller's address and port, which is a connection
}

// RotateSecret changes the application's secret. For the given time every other
// connection still takes only the old one, and the rest only the new.
func (t *Tenant) RotateSecret(secret string, during time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rotateSecret(secret, during)
}

func (t *Tenant) rotateSecret(secret string, during time.Duration) {
	c := t.clients[ClientID]
	c.rotation = &rotation{old: c.Secrets[0], new: secret, until: t.now().Add(during), isNew: map[string]bool{}}
	c.Secrets = []string{secret}
}

// secretsFor are the secrets that are right on the connection of r.
func (c *client) secretsFor(r *http.Request, now time.Time) []string {
	if c.rotation == nil || !now.Before(c.rotation.until) {
		return c.Secrets
	}
	isNew, seen := c.rotation.isNew[r.RemoteAddr]
	if !seen {
		isNew = len(c.rotation.isNew)%2 == 1 // the first connection is the awkward one
		c.rotation.isNew[r.RemoteAddr] = isNew
	}
	if isNew {
		return []string{c.rotation.new}
	}
	return []string{c.rotation.old}
}
