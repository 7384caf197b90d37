package localtenant

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// event is a line of the tenant's log.
type event struct {
	id          string
	kind        string // Auth0's code
	description string
	date        time.Time
	user        *user
	name        string // what was typed, where there is no user
	client      string
	ip, agent   string
	api         *apiCall // of a change by the Management API
}

// The kinds of event that the tenant logs.
const (
	eventLogin         = "s"
	eventWrongPassword = "fp"
	eventUnknownUser   = "fu"
	eventBlocked       = "limit_wc"
	eventSignup        = "ss"
	eventLogout        = "slo"
	eventPassword      = "scp"
	eventVerified      = "sv"
	eventMFA           = "gd_auth_succeed"
	eventMFAFailed     = "gd_auth_failed"
	eventEnrolled      = "gd_enrollment_complete"
)

// eventAPI is a change by the Management API.
const eventAPI = "sapi"

// maxEvents bounds the log, so that a long run does not fill the memory.
const maxEvents = 10_000

// record logs something that a browser's user did.
func (t *Tenant) record(r *http.Request, kind string, u *user, name, description string) {
	t.addEvent(r, event{kind: kind, description: description, user: u, name: name})
}

// addEvent adds an event, with what is known of every request.
func (t *Tenant) addEvent(r *http.Request, e event) {
	if len(t.events) == maxEvents {
		t.events = slices.Delete(t.events, 0, maxEvents/10)
	}
	t.eventSeq++
	e.id = fmt.Sprintf("900%s%025d", t.now().Format("20060102150405"), t.eventSeq)
	e.date, e.client, e.ip, e.agent = t.now(), ClientID, remoteIP(r), r.UserAgent()
	t.events = append(t.events, e)
}

func (e event) document() map[string]any {
	doc := map[string]any{
		"_id": e.id, "log_id": e.id, "type": e.kind, "date": e.date.Format(timeFormat), "description": e.description,
		"ip": e.ip, "user_agent": e.agent, "client_id": e.client, "client_name": e.client, "isMobile": false,
		"user_id": "", "user_name": e.name, "connection": "", "connection_id": "", "strategy": "", "strategy_type": "",
	}
	if e.user != nil {
		first := e.user.primary()
		doc["user_id"], doc["user_name"] = e.user.ID, e.user.identifier()
		doc["connection"], doc["strategy"] = first.Connection, first.Provider
		doc["strategy_type"] = map[bool]string{true: "social", false: "database"}[first.IsSocial]
	}
	e.api.addTo(doc)
	return doc
}

// listUserLogs serves GET /api/v2/users/{id}/logs, newest first unless told
// otherwise. A user who is gone still has logs.
func (t *Tenant) listUserLogs(w http.ResponseWriter, r *http.Request) error {
	items := []map[string]any{}
	for _, e := range slices.Backward(t.events) {
		if e.user != nil && e.user.ID == r.PathValue("id") {
			items = append(items, e.document())
		}
	}
	if s := r.URL.Query().Get("sort"); s != "" {
		field, direction, _ := strings.Cut(s, ":")
		slices.SortStableFunc(items, func(a, b map[string]any) int { return compare(sortKey(a[field]), sortKey(b[field]), direction == "-1") })
	}
	if pageOf(r).tooFar() {
		return badRequest("invalid_paging", "You can only page through the first 1000 records.")
	}
	return writeSearchPage(w, r, "logs", items)
}

// event is the line that a path names.
func (t *Tenant) event(r *http.Request) (event, error) {
	i := slices.IndexFunc(t.events, func(e event) bool { return e.id == r.PathValue("id") })
	if i < 0 {
		return event{}, newAPIError(http.StatusNotFound, "log_not_found", "Log not found.")
	}
	return t.events[i], nil
}
