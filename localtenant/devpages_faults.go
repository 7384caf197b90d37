package localtenant

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"usher/localtenant/devpages"
)

// shownFault is a fault as the page shows it.
type shownFault struct {
	Route, What, Often string
	JSON               faultWire
}

// faultNames are the kinds of fault in words.
var faultNames = map[FaultKind]string{
	"":             "only the status or the delay",
	FaultHang:      "hang: no response",
	FaultReset:     "reset: the connection closes",
	FaultHTML:      "html: a proxy's page",
	FaultGarbage:   "garbage: 200 and no JSON",
	FaultResetBody: "reset-body: the connection closes in the body, after the route has run",
	FaultTruncate:  "truncate: half of the JSON, after the route has run",
}

func (t *Tenant) faultsPage() devPage {
	return devPage{
		name: "faults", template: "faults", title: "Faults", group: "Change", text: "Make requests to the tenant fail", data: t.faultsData,
		forms: []devForm{
			{name: "clear", title: "Clear the faults", button: "Delete all faults", done: "There are no faults now.", do: t.deleteFaults},
			{
				name: "add", title: "Add a fault", text: "Needs a kind, a status or a delay. The delay comes first.",
				button: "Add the fault", done: "The fault is added.", fields: t.faultFields, do: strict(t.postFault),
			},
		},
	}
}

func (t *Tenant) faultFields() []devpages.Field {
	routes := []devpages.Option{{Value: "", Label: "All routes"}}
	for _, r := range t.Routes() {
		if !r.control() {
			routes = append(routes, devpages.Option{Value: r.Pattern, Label: r.Pattern})
		}
	}
	var kinds []devpages.Option
	for _, k := range faultKinds {
		kinds = append(kinds, devpages.Option{Value: string(k), Label: faultNames[k]})
	}
	return []devpages.Field{
		{Name: "route", Label: "Route", Kind: devpages.Choice, Options: routes, Optional: true},
		{Name: "kind", Label: "Kind", Kind: devpages.Choice, Options: kinds, Optional: true},
		{Name: "status", Label: "Status", Hint: "200 to 599, such as 503", Kind: devpages.Number, Optional: true},
		{Name: "delay", Label: "Delay", Hint: "Such as 250ms", Kind: devpages.Duration, Optional: true},
		{Name: "times", Label: "Times", Hint: "How many requests; without it, all until you delete the fault", Kind: devpages.Number, Optional: true},
		{Name: "probability", Label: "Probability", Hint: "That a request fails, 0 to 1", Kind: devpages.Number, Optional: true},
		{Name: "every", Label: "Every", Hint: "One request in that many fails", Kind: devpages.Number, Optional: true},
		{Name: "reset", Label: "Reset of a 429", Hint: "Such as 2030-01-01T00:00:00Z; without it, in a second", Kind: devpages.Time, Optional: true},
		{Name: "header", Label: "Headers", Hint: "One on each line, such as Retry-After: 5", Kind: devpages.Headers, Optional: true},
		{Name: "body", Label: "Body", Hint: "Without one, an error as Auth0 writes it", Kind: devpages.Area, Optional: true},
	}
}

func (t *Tenant) faultsData(*http.Request) (any, error) {
	var shown []shownFault
	for _, f := range t.faults.all() {
		shown = append(shown, shownFault{Route: f.Route, What: f.what(), Often: f.often(), JSON: f})
	}
	return shown, nil
}

func (f faultWire) what() string {
	var parts []string
	if f.Delay > 0 {
		parts = append(parts, fmt.Sprintf("waits %v", f.Fault.Delay))
	}
	if f.Kind != "" {
		parts = append(parts, faultNames[f.Kind])
	}
	if f.Status != 0 {
		parts = append(parts, fmt.Sprintf("answers %d", f.Status))
	}
	return strings.Join(parts, ", then ")
}

func (f faultWire) often() string {
	var parts []string
	if f.Every > 0 {
		parts = append(parts, fmt.Sprintf("one in %d requests", f.Every))
	}
	if f.Probability > 0 {
		parts = append(parts, fmt.Sprintf("with probability %v", f.Probability))
	}
	if f.Times > 0 {
		parts = append(parts, fmt.Sprintf("%d more times", f.Times))
	}
	return cmp.Or(strings.Join(parts, ", "), "each request")
}
