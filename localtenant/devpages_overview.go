package localtenant

import (
	"fmt"
	"net/http"
	"strings"

	"usher/localtenant/devpages"
)

type overviewTile struct{ Name, Figure, Note, URL string }

type overviewData struct {
	Tiles []overviewTile
	Pairs []struct{ Name, Value string }
	Stats Stats
}

func (t *Tenant) overviewPage() devPage {
	return devPage{
		name: overview, template: "overview", title: "Overview", group: "Look", text: "What the tenant holds, and a reset", data: t.overviewData,
		forms: []devForm{
			{
				name: "clear-stats", title: "Clear the statistics", text: "Sets all figures to zero.",
				button: "Clear", done: "The statistics are cleared.", do: t.deleteStats,
			},
			{
				name: "reset", title: "Reset the tenant", danger: true,
				text:   "Restores the state at the start: users, settings, clock, faults, mails and the log. Users of a file (-users) are gone.",
				button: "Reset everything", done: "The tenant is as it was at the start.", do: t.postReset,
			},
		},
	}
}

func (t *Tenant) overviewData(*http.Request) (any, error) {
	quirks := "off"
	if t.settings.Quirks {
		quirks = "on"
	}
	link := func(name string) string { return devpages.Root + name }
	tiles := []overviewTile{
		{"Mails", fmt.Sprint(len(t.outbox)), "", link("mails")},
		{"Users", fmt.Sprint(len(t.users.byID)), "", link("users")},
		{"Log lines", fmt.Sprint(len(t.events)), "", link("log")},
		{"Faults", fmt.Sprint(len(t.faults.all())), "", link("faults")},
		{"Plan", string(t.settings.Plan), "", link("limits")},
		{"Clock", clockOffset(t.offset), "", link("clock")},
		{"Quirks", quirks, "", link("quirks")},
	}
	pairs := []struct{ Name, Value string }{
		{"Issuer", t.Issuer()}, {"Client ID", ClientID}, {"Client secret", strings.Join(t.clients[ClientID].Secrets, " ")},
		{"Connection", Connection}, {"Audience", t.Audience()}, {"Sample password", SamplePassword},
	}
	return overviewData{tiles, pairs, t.Stats()}, nil
}
