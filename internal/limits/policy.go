package limits

import (
	"slices"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Policy holds the limits of each front-end. Its zero value limits none.
type Policy struct {
	refusesUnlisted bool
	byRole          map[role]FrontEnd
	byClient        map[string]FrontEnd
}

// Unlisted is the rule that refuses callers whom the document does not list.
const Unlisted = "unlisted"

// FrontEnd returns the front-end of a caller, by the identity that the gateway authenticated.
// An unlisted one has no limits, or is refused. dir is for the front-end's checks of users.
func (p Policy) FrontEnd(c httpapi.Caller, dir Directory) (FrontEnd, error) {
	found, listed := p.listed(c)
	if !listed && p.refusesUnlisted {
		return FrontEnd{}, refusal(Unlisted, "Only listed front-ends are served, and the caller is not listed.")
	}
	found.isKnown, found.dir = true, dir
	return found, nil
}

func (p Policy) listed(c httpapi.Caller) (FrontEnd, bool) {
	if key, ok := roleOf(c); ok {
		if found, listed := p.byRole[key]; listed {
			return found, true
		}
	}
	key, ok := clientOf(c)
	found, listed := p.byClient[key]
	return found, ok && listed
}

// Connections returns the connections in the document, sorted.
func (p Policy) Connections() []string {
	var all []string
	for _, f := range p.byRole {
		all = append(all, f.connections...)
	}
	for _, f := range p.byClient {
		all = append(all, f.connections...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func refusal(rule, detail string) error {
	refused := problem.OutsideFrontEndsLimits.New(detail)
	refused.Rule = rule
	return refused
}
