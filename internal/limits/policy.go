package limits

import (
	"slices"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Policy says which front-end is limited to what. Its zero value limits nobody.
type Policy struct {
	refusesUnlisted bool
	byRole          map[role]FrontEnd
	byClient        map[string]FrontEnd
}

// Unlisted is the rule by which callers are refused whom the document does not
// name.
const Unlisted = "unlisted"

// FrontEnd finds the front-end that calls, by the identity that the gateway has
// authenticated. One that is not listed has no limits, or is refused. The directory
// is for the front-end's checks of users.
func (p Policy) FrontEnd(c httpapi.Caller, dir Directory) (FrontEnd, error) {
	found, listed := p.listed(c)
	if !listed && p.refusesUnlisted {
		return FrontEnd{}, refusal(Unlisted, "This service serves listed front-ends only, and the caller is not one of them.")
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

// Connections are the names of all connections that the document names, in order.
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
