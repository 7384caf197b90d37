package roles_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/limits"
	"usher/internal/roles"
)

var (
	admin  = roles.Role{ID: "rol_1", Name: "admin", Description: "All & more"}
	editor = roles.Role{ID: "rol_2", Name: "editor"}
	reader = roles.Role{ID: "rol_3", Name: "reader"}
	twin   = roles.Role{ID: "rol_4", Name: "reader"}
	every  = []roles.Role{twin, editor, reader, admin}
)

// provider notes its calls, and returns what the test gives it.
type provider struct {
	all, held []roles.Role
	fails     map[string]error // by the first word of the call
	asked     []string
}

func (p *provider) note(call, rest string) error {
	p.asked = append(p.asked, call+rest)
	return p.fails[call]
}

func (p *provider) All(context.Context) ([]roles.Role, error) { return p.all, p.note("all", "") }

func (p *provider) OfUser(_ context.Context, user limits.UserID) ([]roles.Role, error) {
	return p.held, p.note("of", " "+user.String())
}

func (p *provider) Change(_ context.Context, user limits.UserID, remove, assign []roles.Role) error {
	return p.note("change", fmt.Sprintf(" %s -%v +%v", user, ids(remove), ids(assign)))
}

func ids(list []roles.Role) []string {
	var all []string
	for _, role := range list {
		all = append(all, role.ID)
	}
	return all
}

// operation is an operation, a request to it, and its calls to the provider.
type operation struct {
	of             func(*provider) api.Operation
	method, target string // with {user} for the user's id
	body           string
	calls          []string
}

// operations are those of one user. The provider's user holds editor and loses it.
var operations = map[string]operation{
	"get":    {func(p *provider) api.Operation { return roles.GetUserRoles(p) }, "GET", "/user-roles/{user}", "", []string{"of {user}"}},
	"set":    {func(p *provider) api.Operation { return roles.SetUserRoles(p) }, "PUT", "/user-roles/{user}", `{"roles":[]}`, []string{"of {user}", "all", "change {user} -[rol_2] +[]"}},
	"remove": {func(p *provider) api.Operation { return roles.RemoveUserRoles(p) }, "DELETE", "/user-roles/{user}", "", []string{"of {user}", "change {user} -[rol_2] +[]"}},
}

// list is the operation without a user.
var list = operation{func(p *provider) api.Operation { return roles.List(p) }, "GET", "/roles", "", []string{"all"}}

// callsFor are the calls for this user.
func (o operation) callsFor(user string) []string {
	return strings.Split(strings.ReplaceAll(strings.Join(o.calls, "\n"), "{user}", user), "\n")
}

// do sends the request for a user, whose id is percent-encoded, to a server of this
// operation only.
func (o operation) do(s api.Server, p *provider, user string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(o.method, strings.ReplaceAll(o.target, "{user}", user), strings.NewReader(o.body))
	if o.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return o.send(s, p, r)
}

func (o operation) send(s api.Server, p *provider, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(o.of(p)).ServeHTTP(w, r)
	return w
}

func (o operation) sent(s api.Server, p *provider, user string) apitest.Sent {
	w := o.do(s, p, user)
	return apitest.Sent{Response: w, Asked: p.asked, Want: o.callsFor(user)}
}
