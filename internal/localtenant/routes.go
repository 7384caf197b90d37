package localtenant

import "net/http"

// handler answers a request into a buffer, with the tenant's lock held.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is a line of the table. Scopes name the Management API's scopes of which
// any will do; a route without is open to all.
type route struct {
	pattern string
	handle  handler
	scopes  []string
}

// table is every route that the tenant serves. A route under /api/v2 is held to
// what the API's description says of it.
func (t *Tenant) table() []route {
	any := func(scopes ...string) []string { return scopes }
	return []route{
		{"GET /api/v2/users", t.listUsers, any("read:users", "read:user_idp_tokens")},
		{"POST /api/v2/users", t.createUser, any("create:users")},
		{"GET /api/v2/users/{id}", t.getUser, any("read:users", "read:user_idp_tokens")},
		{"PATCH /api/v2/users/{id}", t.updateUser, any("update:users", "update:users_app_metadata")},
		{"DELETE /api/v2/users/{id}", t.deleteUser, any("delete:users")},
		{"GET /api/v2/users-by-email", t.listUsersByEmail, any("read:users")},
		{"GET /api/v2/connections", t.listConnections, any("read:connections")},
		{"GET /api/v2/connections/{id}", t.getConnection, any("read:connections")},

		{"GET /.well-known/openid-configuration", t.discovery, nil},
		{"GET /.well-known/jwks.json", t.jwks, nil},
		{"GET /authorize", t.authorize, nil},
		{"POST /authorize", t.authorize, nil},
		{"GET /authorize/resume", t.resume, nil},
		{"POST /oauth/token", t.token, nil},
		{"GET /userinfo", t.userinfo, nil},
		{"POST /userinfo", t.userinfo, nil},
		{"GET /v2/logout", t.logout, nil},
		{"GET /u/login", t.loginPage, nil},
		{"POST /u/login", t.login, nil},
		{"GET /u/signup", t.signupPage, nil},
		{"POST /u/signup", t.signup, nil},
		{"GET /u/style.css", t.stylesheet, nil},

		{"GET /_tenant/stats", t.getStats, nil},
		{"DELETE /_tenant/stats", t.deleteStats, nil},
		{"GET /_tenant/outbox", t.getOutbox, nil},
		{"DELETE /_tenant/outbox", t.deleteOutbox, nil},
	}
}

func (t *Tenant) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range t.table() {
		mux.Handle(r.pattern, t.serve(r))
	}
	mux.Handle("/", t.serve(route{pattern: "/", handle: notFound}))
	return mux
}

// notFound is how Auth0 answers for a path or a method that it does not know.
func notFound(http.ResponseWriter, *http.Request) error {
	return newAPIError(http.StatusNotFound, "", "Not Found")
}
