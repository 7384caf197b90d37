package localtenant

import (
	"net/http"

	"usher/localtenant/devpages"
)

// shownLimit is a limit of the plan, with what is left of it.
type shownLimit struct {
	Limit
	Left int
}

func (t *Tenant) limitsPage() devPage {
	return devPage{
		name: "limits", template: "limits", title: "Rate limits", group: "Change", text: "The limits of a plan, and what is left of them", data: t.limitsData,
		forms: []devForm{t.settingsForm(devForm{name: "save", title: "Plan and limits"},
			devpages.Field{Name: "plan", Label: "Plan", Hint: "Its rate limits apply", Kind: devpages.Choice, Options: choices(Plans...)},
			devpages.Field{Name: "limit_headers", Label: "X-RateLimit-Reset", Hint: "Auth0's documentation does not say which time it is", Kind: devpages.Choice, Options: []devpages.Option{
				{Value: string(LimitHeadersNext), Label: "the time of the next token"},
				{Value: string(LimitHeadersFull), Label: "the time of a full bucket"},
				{Value: string(LimitHeadersNone), Label: "no headers"},
			}},
			devpages.Field{Name: "index_lag", Label: "Index lag", Hint: "The delay until a search shows a change, such as 500ms", Kind: devpages.Duration},
			devpages.Field{Name: "shared_deletes", Label: "Deleting users counts as writing users", Kind: devpages.Check},
			devpages.Field{Name: "no_sessions", Label: "The plan lacks the endpoints for sessions and refresh tokens", Hint: "They answer 403 feature_not_enabled", Kind: devpages.Check},
		)},
	}
}

func (t *Tenant) limitsData(*http.Request) (any, error) {
	var shown []shownLimit
	for _, l := range Limits {
		if l.Plan == t.settings.Plan {
			b := t.limits.bucket(l, t.now())
			b.fill(t.now())
			shown = append(shown, shownLimit{l, int(b.level)})
		}
	}
	return shown, nil
}
