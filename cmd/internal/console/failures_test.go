package console_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

// failing are failures of the provider that Usher does not repeat. TestSectionsFailAlone has others.
var failing = map[string]localtenant.Fault{
	"refused": {Status: 403}, "invalid": {Status: 400}, "not JSON": {Status: 200, Body: "<html>"},
}

// Whatever call of a page fails, the page says so in words: it is no blank page, claims no change,
// and shows the rest.
func TestAnyCallFails(t *testing.T) {
	w := newWorld(t)
	w.addFactors(customerID)
	b, tried := w.staff(adminEmail), map[string]bool{}
	for _, section := range []string{"", "history", "factors", "sessions", "identities", "roles", "metadata", "app-metadata", "edit"} {
		path := userPath(customerID, strings.Fields(section)...)
		w.tenant.Tenant.ResetStats()
		b.get(path)
		for _, route := range slices.Sorted(maps.Keys(w.tenant.Tenant.Stats().Routes)) {
			if !strings.HasPrefix(route, "GET /api/") || tried[route] {
				continue
			}
			tried[route] = true
			for name, fault := range failing {
				fault.Route = route
				w.tenant.Tenant.Fail(fault)
				p := b.get(path)
				w.tenant.Tenant.ClearFaults()
				if told := strings.Count(p.body, `class="notice`); told == 0 || strings.Contains(p.body, "was done") || tags(t, p.body)["h1"] != 1 {
					t.Errorf("%s, %s %s: %d %s", path, name, route, p.status, p.body)
				}
				if ofUser := route == "GET /api/v2/users/{id}"; !ofUser && (p.status != 200 || !strings.Contains(p.body, "Ada Lovelace</bdi></h1>")) {
					t.Errorf("%s, %s %s: %d, the page is not there", path, name, route, p.status)
				}
			}
		}
	}
}
