package api

import (
	"net/http"
	"slices"
	"strings"

	"usher/internal/httpapi"
	"usher/internal/permission"
)

// checks run between routing and the handler, in this order. Each one refuses the call or adds to
// it. Server.serve authenticates before routing, so that an unauthenticated caller learns nothing.
var checks = []func(Server, Operation, *http.Request, *Call) error{
	audit,
	hasActor,
	hasPermission,
	hasFrontEnd,
	hasParameters,
	mayServeUser,
	hasNoQuery,
}

// audit records the operation's change and user, so that the audit log contains refused changes as well.
func audit(_ Server, op Operation, r *http.Request, _ *Call) error {
	httpapi.NoteChange(r.Context(), op.Change)
	if id, err := httpapi.PathID(r, op.Parameters.user()); err == nil {
		httpapi.Concerns(r.Context(), id)
	}
	return nil
}

// hasActor reads the staff user that the caller names. It is the first check that
// refuses, so that the log lines of other refusals have the actor. No check compares it with
// anything, because the caller chooses it.
func hasActor(_ Server, _ Operation, r *http.Request, c *Call) (err error) {
	c.Actor, err = httpapi.Actor(r)
	httpapi.NoteActor(r.Context(), c.Actor)
	return err
}

// hasPermission checks a token's scopes for the matched route. The authorizer checked them
// only against patterns, whose "*" matches slashes.
func hasPermission(_ Server, op Operation, _ *http.Request, c *Call) error {
	return c.principal.check(op.Permissions...)
}

// hasFrontEnd finds the caller's limits, and applies those for the operation as a whole.
func hasFrontEnd(s Server, op Operation, _ *http.Request, c *Call) error {
	var err error
	if c.FrontEnd, err = s.Limits.FrontEnd(c.Caller, s.Directory); err != nil {
		return err
	}
	if slices.Contains(op.Permissions, permission.AppMetadata) {
		return c.FrontEnd.CheckAppMetadata()
	}
	return nil
}

// hasParameters reads the path parameters of the matched route.
func hasParameters(_ Server, op Operation, r *http.Request, c *Call) error {
	c.parameters = map[string]string{}
	for name := range op.Parameters {
		if !strings.Contains(r.Pattern, "{"+name+"}") { // belongs to the operation's other route
			continue
		}
		id, err := httpapi.PathID(r, name)
		if err != nil {
			return err
		}
		c.parameters[name] = id
	}
	return nil
}

// mayServeUser checks the user in the path against the front-end's limits. After that, only
// Call.User has the user's ID.
func mayServeUser(_ Server, op Operation, r *http.Request, c *Call) (err error) {
	name := op.Parameters.user()
	id, inPath := c.parameters[name]
	if !inPath {
		return nil
	}
	delete(c.parameters, name)
	if !op.ServesGone {
		c.User, err = c.FrontEnd.CheckUser(r.Context(), id)
		return err
	}
	c.User, c.Gone, err = c.FrontEnd.CheckUserOrGone(r.Context(), id)
	return err
}

func hasNoQuery(_ Server, op Operation, r *http.Request, _ *Call) error {
	if op.TakesQuery {
		return nil
	}
	return httpapi.NoQuery(r)
}
