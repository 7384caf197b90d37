package localtenant

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"usher/localtenant/devpages"
)

// shownLine is a line of the log as the pages show it.
type shownLine struct {
	ID, Date, Type, Text string
	Bad                  bool // something failed
	UserID, User         string
	IP, Agent            string
}

// eventNames are the events that the tenant logs, in words.
var eventNames = map[string]string{
	eventLogin: "Signed in", eventWrongPassword: "Wrong password", eventUnknownUser: "Unknown user",
	eventBlocked: "Blocked after wrong passwords", eventSignup: "Signed up", eventLogout: "Signed out",
	eventPassword: "Changed the password", eventVerified: "Verified the address",
	eventMFA: "Second factor accepted", eventMFAFailed: "Second factor refused", eventEnrolled: "Second factor set up",
}

func (t *Tenant) logPage() devPage {
	return devPage{name: "log", template: "log", title: "Log", group: "Look", text: "Sign-ins, and changes through the Management API", data: t.logData}
}

func (t *Tenant) logData(r *http.Request) (any, error) {
	box := searchOf(r, "Search the log", "A part of a type, text, user, path, correlation ID, IP address or user agent")
	lines, pager := devpages.Paginate(t.shownLines(func(e event) bool { return e.has(box.Query) }), r.URL.Query())
	return struct {
		Search  searchBox
		Caption string
		Lines   []shownLine
		Pager   devpages.Pager
	}{box, "Log lines, newest first", lines, pager}, nil
}

// shownLines are the lines that fit, newest first.
func (t *Tenant) shownLines(fits func(event) bool) []shownLine {
	var lines []shownLine
	for _, e := range slices.Backward(t.events) {
		if fits(e) {
			lines = append(lines, e.shown())
		}
	}
	return lines
}

func (e event) shown() shownLine {
	line := shownLine{
		ID: e.id, Date: e.date.Format(shownTime), Type: e.kind, User: e.name, IP: e.ip, Agent: e.agent,
		Text: cmp.Or(e.description, eventNames[e.kind]),
		Bad:  slices.Contains([]string{eventWrongPassword, eventUnknownUser, eventBlocked, eventMFAFailed}, e.kind),
	}
	if e.user != nil {
		line.UserID, line.User = e.user.ID, cmp.Or(e.user.identifier(), e.user.ID)
	}
	if e.api != nil {
		line.Text = fmt.Sprintf("%s %s answered %d", e.api.method, e.api.path, e.api.status)
	}
	return line
}

// has reports whether a line has what was searched for in it.
func (e event) has(query string) bool {
	line, correlation := e.shown(), ""
	if e.api != nil {
		correlation = e.api.correlationID
	}
	return contains(query, line.ID, line.Type, line.Text, eventNames[e.kind], line.UserID, line.User, line.IP, line.Agent, correlation)
}

func (t *Tenant) logLinePage() devPage {
	return devPage{name: "log/{id}", template: "logline", title: "Line of the log", data: func(r *http.Request) (any, error) {
		e, err := t.event(r)
		if err != nil {
			return nil, err
		}
		return struct {
			Line   shownLine
			Record map[string]any
		}{e.shown(), e.document()}, nil
	}}
}
