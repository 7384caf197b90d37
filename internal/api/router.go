package api

import (
	"fmt"
	"net/http"
	"strings"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// router finds the operation of a request.
type router struct {
	mux        *http.ServeMux // only for matching: its handlers do nothing
	operations map[string]Operation
}

func newRouter(operations []Operation) router {
	rt := router{mux: http.NewServeMux(), operations: map[string]Operation{}}
	for _, op := range operations {
		if faults := op.faults(); len(faults) > 0 {
			panic(fmt.Sprintf("the operation %q %s", op.Name, strings.Join(faults, "; it ")))
		}
		for _, route := range op.Routes {
			rt.mux.HandleFunc(route, func(http.ResponseWriter, *http.Request) {})
			rt.operations[route] = op
		}
	}
	return rt
}

// match returns the request's operation, and sets the request's pattern and path values. It
// fails with a problem: 404, 405 with Allow, or 400 for a path that no route can have.
func (rt router) match(w http.ResponseWriter, r *http.Request) (Operation, error) {
	if fault := httpapi.FaultOfPath(r.URL.EscapedPath()); fault != "" {
		return Operation{}, problem.Invalid("path", fault)
	}
	allowed := rt.probe(r)
	op, found := rt.operations[r.Pattern]
	if found && r.Method != http.MethodHead {
		return op, nil
	}
	if found { // the mux serves HEAD for every GET; the gateway does not
		r.Pattern = ""
		asked := r.Clone(r.Context())
		asked.Method = "-"
		allowed = rt.probe(asked)
	}
	if allowed == "" {
		return Operation{}, problem.NoSuchRoute.New("There is nothing at this path.")
	}
	w.Header().Set("Allow", allowed)
	return Operation{}, problem.MethodNotAllowed.New("This path accepts " + allowed + ".")
}

// probe matches the request with the mux. It returns the path's methods if the request's
// method is not one of them.
func (rt router) probe(r *http.Request) (allowed string) {
	answer := discard{header: http.Header{}}
	rt.mux.ServeHTTP(answer, r)
	return strings.ReplaceAll(answer.header.Get("Allow"), ", HEAD", "")
}

// discard drops the mux's own response.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
