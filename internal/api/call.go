package api

import (
	"slices"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Call is the result of the checks of a request.
type Call struct {
	Caller   httpapi.Caller
	Actor    string          // the ID of the staff user for whom the caller acts, as the caller states it; "" for none
	FrontEnd limits.FrontEnd // the caller's limits
	User     limits.UserID   // the user in the path; its String panics on routes without one
	Gone     bool            // the user in the path does not exist; set only if the front-end is limited to connections

	principal  Principal
	parameters map[string]string
}

// Parameter returns the path parameter with this name. It panics for an undeclared one, and
// for a user: use Call.User.
func (c Call) Parameter(name string) string {
	value, ok := c.parameters[name]
	if !ok {
		panic("api: {" + name + "} is not a declared path parameter")
	}
	return value
}

// CheckAppMetadata refuses a caller that may not read or write app_metadata, for lack of
// the permission or by the front-end's limits.
func (c Call) CheckAppMetadata() error {
	if err := c.principal.check(permission.AppMetadata); err != nil {
		return err
	}
	return c.FrontEnd.CheckAppMetadata()
}

// CheckPermission refuses a token without the scope of any of these groups. It is for what only the
// content of a request decides; the rest is declared in Operation.Permissions.
func (c Call) CheckPermission(groups ...permission.Name) error { return c.principal.check(groups...) }

// Principal is the caller that the gateway authenticated. Jobs store it.
type Principal struct {
	Caller httpapi.Caller `json:"caller"`
	// ByToken is true for a caller with a bearer token, whose Scopes are checked again for
	// each route. IAM has checked all other callers.
	ByToken bool     `json:"by_token,omitempty"`
	Scopes  []string `json:"scopes,omitempty"`
}

// check refuses a token without the scope of any of the groups.
func (p Principal) check(groups ...permission.Name) error {
	if !p.ByToken {
		return nil
	}
	for _, group := range groups {
		if named, _ := permission.Named(group); slices.Contains(p.Scopes, named.Scope) {
			return nil
		}
	}
	first, _ := permission.Named(groups[0])
	return problem.Forbidden.New("The caller's token lacks the scope " + first.Scope + ".")
}
