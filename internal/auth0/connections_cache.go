package auth0

import (
	"slices"
	"sync"
	"time"

	"usher/internal/identities"
)

// usualConnectionsAge is how long a process returns the same connections: every login page asks for
// them, they change rarely, and self-service plans allow only 150 such calls per minute.
const usualConnectionsAge = time.Minute

// connectionsCache holds the shown connections of an application. It is safe for concurrent use.
type connectionsCache struct {
	age      time.Duration // for which they are valid
	mu       sync.Mutex
	clientID string
	read     time.Time
	all      []identities.Connection
}

// get returns a copy of an application's connections, if they are valid.
func (c *connectionsCache) get(clientID string, now time.Time) ([]identities.Connection, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	age := now.Sub(c.read)
	if c.clientID != clientID || age < 0 || age >= c.age {
		return nil, false
	}
	return slices.Clone(c.all), true
}

func (c *connectionsCache) put(clientID string, read time.Time, all []identities.Connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clientID, c.read, c.all = clientID, read, slices.Clone(all)
}
