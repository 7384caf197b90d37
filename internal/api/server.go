package api

import (
	"cmp"
	"net/http"

	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/quota"
)

// Server serves operations. A request passes, in this order:
//
//  1. Authenticate
//  2. routing: the path's form, then the route
//  3. the checks of checks.go: audit, actor, permission, limits, parameters, user, query
//  4. the operation's handler
type Server struct {
	// Authenticate identifies the caller. Its error is the response; a principal returned with it is logged.
	Authenticate func(*http.Request) (Principal, error)
	Limits       limits.Policy
	Directory    limits.Directory
	Fault        error // returned for every authenticated call, as when misconfigured; nil for none
}

// Anonymous admits every caller without authentication. It is for a developer's machine.
func Anonymous(*http.Request) (Principal, error) { return Principal{}, nil }

// Handler serves the operations. It panics for an incomplete declaration, so a function
// with one does not start.
func (s Server) Handler(operations ...Operation) http.Handler {
	routes := newRouter(operations)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.serve(routes, w, r); err != nil {
			httpapi.WriteProblem(w, r, err)
		}
	})
}

func (s Server) serve(routes router, w http.ResponseWriter, r *http.Request) error {
	principal, err := s.Authenticate(r)
	httpapi.NoteCaller(r.Context(), principal.Caller)
	if err = cmp.Or(err, s.Fault); err != nil {
		return err
	}
	op, err := routes.match(w, r)
	if err != nil {
		return err
	}
	r = r.WithContext(quota.With(r.Context(), op.Class()))
	call := Call{Caller: principal.Caller, principal: principal}
	for _, check := range checks {
		if err := check(s, op, r, &call); err != nil {
			return err
		}
	}
	return op.Handler(w, r, call)
}
