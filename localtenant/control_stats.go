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

// counter has its own lock: it counts requests that wait for the tenant's.
type counter struct {
	mu    sync.Mutex
	stats Stats
}

func (c *counter) count(add func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	add(&c.stats)
}

func (c *counter) request(route string) {
	c.count(func(s *Stats) {
		if s.Routes == nil {
			s.Routes = map[string]int{}
		}
		s.Requests++
		s.Routes[route]++
	})
}

// Stats returns the figures of GET /_tenant/stats.
func (t *Tenant) Stats() Stats {
	out := Stats{Routes: map[string]int{}}
	t.stats.count(func(s *Stats) {
		maps.Copy(out.Routes, s.Routes)
		out.Requests, out.Connections, out.Tokens = s.Requests, s.Connections, s.Tokens
	})
	return out
}

// ResetStats sets all figures to zero.
func (t *Tenant) ResetStats() { t.stats.count(func(s *Stats) { *s = Stats{} }) }

func (t *Tenant) getStats(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, t.Stats())
}

func (t *Tenant) deleteStats(w http.ResponseWriter, _ *http.Request) error {
	t.ResetStats()
	return noContent(w)
}
