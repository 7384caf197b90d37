package localtenant

import "net/http"

// maxCorrelationID is how much of a correlation id the log keeps, in characters.
const maxCorrelationID = 64

// apiCall is what the log says of a change by the Management API. A real
// tenant's log has the bodies too.
type apiCall struct {
	method, path  string
	status        int
	correlationID string // the X-Correlation-ID that came; "" for none
}

// recordChange logs a call of the Management API that succeeded and was none of
// reading. An application has made it and no user, so the event names none,
// and is in no user's history.
func (t *Tenant) recordChange(r *http.Request, status int) {
	if r.Method == http.MethodGet {
		return
	}
	id := r.Header.Get("X-Correlation-ID")
	t.addEvent(r, event{kind: eventAPI, api: &apiCall{
		method: r.Method, path: r.URL.EscapedPath(), status: status, correlationID: id[:min(len(id), maxCorrelationID)],
	}})
}

// addTo adds the call to an event's document.
func (c *apiCall) addTo(doc map[string]any) {
	if c == nil {
		return
	}
	doc["details"] = map[string]any{
		"request":  map[string]any{"method": c.method, "path": c.path, "channel": "api"},
		"response": map[string]any{"statusCode": c.status},
	}
	if c.correlationID != "" {
		doc["references"] = map[string]any{"correlation_id": c.correlationID}
	}
}

// LogLine is a line of the tenant's log, as Log shows it.
type LogLine struct {
	ID            string
	Type          string // Auth0's code
	UserID        string // "" where no user has done it
	Method, Path  string // of a change by the Management API
	CorrelationID string // likewise
}

// Log returns the tenant's log, oldest line first.
func (t *Tenant) Log() []LogLine {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []LogLine
	for _, e := range t.events {
		line := LogLine{ID: e.id, Type: e.kind}
		if e.user != nil {
			line.UserID = e.user.ID
		}
		if e.api != nil {
			line.Method, line.Path, line.CorrelationID = e.api.method, e.api.path, e.api.correlationID
		}
		out = append(out, line)
	}
	return out
}

// AddEvent logs something about a user, under any of Auth0's codes, as if it had
// happened on a page just now.
func (t *Tenant) AddEvent(userID, code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u, ok := t.users.get(userID); ok {
		t.record(&http.Request{RemoteAddr: "203.0.113.7:1"}, code, u, "", "the tenant's own words")
	}
}

// getTenantLog serves GET /_tenant/log: what GET /api/v2/logs/{id} shows one by
// one, newest first.
func (t *Tenant) getTenantLog(w http.ResponseWriter, _ *http.Request) error {
	lines := []map[string]any{}
	for i := len(t.events) - 1; i >= 0; i-- {
		lines = append(lines, t.events[i].document())
	}
	return writeJSON(w, http.StatusOK, map[string]any{"logs": lines})
}
