package httpapi

import (
	"net/http"
	"strings"

	"usher/internal/problem"
)

// Operation is what one function serves: its routes, as http.ServeMux patterns
// ("GET /users/{id}"), and the handler of all of them.
type Operation struct {
	Routes  []string
	Handler Handler
	Change  string // what it does, as the audit log says it: "user.create"; "" where it changes nothing
}

// Mux routes to the operations. What none of them serves is answered with a
// problem: 404, 405 with Allow, or 400 for a path that no route could mean.
func Mux(operations ...Operation) http.Handler {
	mux := http.NewServeMux()
	for _, op := range operations {
		for _, route := range op.Routes {
			mux.Handle(route, audited(op.Change, gated(op.Handler)))
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fault := FaultOfPath(r.URL.EscapedPath()); fault != "" {
			writeProblem(w, r, problem.Invalid("path", fault))
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" || r.Method == http.MethodHead {
			unrouted(mux, w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// unrouted asks the mux why there is no route, by a method that no route has,
// and says it as a problem. The mux would serve HEAD where there is GET; the
// gateway does not, so nothing here does.
func unrouted(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	asked := r.Clone(r.Context())
	asked.Method = "-"
	why := &probe{header: http.Header{}}
	mux.ServeHTTP(why, asked)
	if why.status == http.StatusMethodNotAllowed {
		allow := strings.ReplaceAll(why.header.Get("Allow"), ", HEAD", "")
		w.Header().Set("Allow", allow)
		writeProblem(w, r, problem.MethodNotAllowed.New("This path takes "+allow+"."))
		return
	}
	writeProblem(w, r, problem.NoSuchRoute.New("There is nothing at this path."))
}

// probe takes the mux's own answer without sending it.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) WriteHeader(status int)      { p.status = status }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
