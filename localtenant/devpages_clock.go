package localtenant

import (
	"net/http"
	"time"

	"usher/localtenant/devpages"
)

func (t *Tenant) clockPage() devPage {
	return devPage{
		name: "clock", template: "clock", title: "Clock", group: "Change", text: "Let tokens and sessions expire", data: t.clockData,
		forms: []devForm{
			{
				name: "advance", title: "Advance the clock", text: "A negative duration moves it back.",
				button: "Advance", done: "The clock has moved.", do: strict(t.moveClock),
				fields: func() []devpages.Field {
					return []devpages.Field{{Name: "advance", Label: "By", Hint: "Such as 30s, 10m or 24h", Kind: devpages.Duration}}
				},
			},
			{
				name: "set", title: "Set the clock", button: "Set", done: "The clock is set.", do: strict(t.moveClock),
				fields: func() []devpages.Field {
					return []devpages.Field{{Name: "set", Label: "To", Hint: "Such as 2030-01-01T00:00:00Z", Kind: devpages.Time}}
				},
				shown: func() any { return map[string]any{"set": t.now().Format(time.RFC3339)} },
			},
		},
	}
}

func (t *Tenant) clockData(*http.Request) (any, error) {
	return struct{ Tenant, Machine, Offset string }{
		t.now().Format(shownTime), t.opts.Now().UTC().Format(shownTime), clockOffset(t.offset),
	}, nil
}

// clockOffset is how far the tenant's clock is from the machine's, in words.
func clockOffset(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d > 0:
		return d.String() + " ahead"
	case d < 0:
		return (-d).String() + " behind"
	}
	return "on time"
}
