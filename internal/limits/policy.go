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

// Of finds the front-end that calls, by the identity that the gateway has
// authenticated. One that is not listed has no limits, or is refused.
func (p Policy) Of(c httpapi.Caller) (FrontEnd, error) {
	if of, ok := roleOf(c); ok {
		if found, listed := p.byRole[of]; listed {
			return found, nil
		}
	}
	if id, ok := clientOf(c); ok {
		if found, listed := p.byClient[id]; listed {
			return found, nil
		}
	}
	if p.refusesUnlisted {
		return FrontEnd{}, refusal(Unlisted, "This service serves listed front-ends only, and the caller is not one of them.")
	}
	return FrontEnd{}, nil
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
