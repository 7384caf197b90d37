package localtenant

import (
	"net/http"
	"slices"
	"time"
)

// rotation is a change of secret under way: until it is over, some requests
// reach a node that knows only the old secret, the others one that knows only
// the new.
type rotation struct {
	old, new string
	until    time.Time
	asked    int             // how often a secret was asked for
	isNew    map[string]bool // by the caller's address and port, which is a connection
}

// Nodes says which node of the tenant a request reaches.
type Nodes string

// A real tenant gives no promise of either.
const (
	NodesByConnection Nodes = "connection" // every other connection reaches the other node, and stays there
	NodesByRequest    Nodes = "request"    // every other request does
)

// RotateSecret changes the application's secret. For the given time one node
// still takes only the old one, and the other only the new.
func (t *Tenant) RotateSecret(secret string, during time.Duration) {
	t.locked(func() { t.clients[ClientID].rotate(secret, t.now(), during) })
}

// rotate begins a rotation. To set the same secret again changes nothing.
func (c *client) rotate(secret string, now time.Time, during time.Duration) {
	if slices.Contains(c.Secrets, secret) {
		return
	}
	c.rotation = &rotation{old: c.Secrets[0], new: secret, until: now.Add(during), isNew: map[string]bool{}}
	c.Secrets = []string{secret}
}

// secretsFor are the secrets that are right on the node which r has reached.
func (c *client) secretsFor(r *http.Request, nodes Nodes, now time.Time) []string {
	if c.rotation == nil || !now.Before(c.rotation.until) {
		return c.Secrets
	}
	if c.rotation.reachesNew(r, nodes) {
		return []string{c.rotation.new}
	}
	return []string{c.rotation.old}
}

// reachesNew sends the first request, or connection, to the awkward node.
func (r *rotation) reachesNew(request *http.Request, nodes Nodes) bool {
	if nodes == NodesByRequest {
		r.asked++
		return r.asked%2 == 0
	}
	isNew, seen := r.isNew[request.RemoteAddr]
	if !seen {
		isNew = len(r.isNew)%2 == 1
		r.isNew[request.RemoteAddr] = isNew
	}
	return isNew
}
