package api

import "slices"

// Principal returns the authenticated caller, for work that continues after the request.
func (c Call) Principal() Principal {
	stored := c.principal
	stored.Scopes = slices.Clone(stored.Scopes)
	return stored
}

// Resume returns the call of a principal whose request has ended. The front-end's limits are those of
// now, and it fails if they refuse the caller.
func (s Server) Resume(p Principal, actor string) (Call, error) {
	frontEnd, err := s.Limits.FrontEnd(p.Caller, s.Directory)
	if err != nil {
		return Call{}, err
	}
	return Call{Caller: p.Caller, Actor: actor, FrontEnd: frontEnd, principal: p}, nil
}
