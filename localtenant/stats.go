package localtenant

import (
	"maps"
	"net/http"
	"sync"
)

// Stats counts what the tenant served since it started or was last reset.
type Stats struct {
	Requests    int            `json:"requests"`
	Connections int            `json:"connections"`
	Tokens      int            `json:"tokens"` // token responses, whatever the grant
	Routes      map[string]int `json:"routes"` // by route pattern
}

// counter has a lock of its own: it counts requests that wait for the tenant's.
type counter struct {
	mu sync.Mutex
	Stats
}

func (c *counter) request(route string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Routes == nil {
		c.Routes = map[string]int{}
	}
	c.Requests++
	c.Routes[route]++
}

func (c *counter) connection() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Connections++
}

func (c *counter) token() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Tokens++
}

func (c *counter) snapshot() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.Stats
	s.Routes = maps.Clone(c.Routes)
	if s.Routes == nil {
		s.Routes = map[string]int{}
	}
	return s
}

func (c *counter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Stats = Stats{}
}

// Stats returns the figures of GET /_tenant/stats.
func (t *Tenant) Stats() Stats { return t.stats.snapshot() }

// ResetStats sets all figures to nought.
func (t *Tenant) ResetStats() { t.stats.reset() }

func (t *Tenant) getStats(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, t.Stats())
}

func (t *Tenant) deleteStats(w http.ResponseWriter, _ *http.Request) error {
	t.ResetStats()
	return noContent(w)
}
