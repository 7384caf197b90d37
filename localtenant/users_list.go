package localtenant

import (
	"net/http"
	"slices"
	"strings"

	"usher/localtenant/search"
)

// listUsers serves GET /api/v2/users from the index.
func (t *Tenant) listUsers(w http.ResponseWriter, r *http.Request) error {
	if pageOf(r).tooFar() {
		return badRequest("invalid_paging", "You can only page through the first 1000 records. "+
			"See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation")
	}
	q := r.URL.Query()
	if engine := q.Get("search_engine"); engine != "" && engine != "v3" {
		return badRequest("operation_not_supported", "The search engine %s is no longer available. Please use v3.", engine)
	}
	query, err := search.Parse(q.Get("q"))
	if err != nil {
		return badRequest("invalid_query_string", "Invalid query string (q): %v", err)
	}
	by := ordering{field: "created_at"}
	if s := q.Get("sort"); s != "" {
		field, direction, _ := strings.Cut(s, ":")
		by = ordering{field: field, down: direction == "-1"}
	}
	docs := t.users.index.find(query, by, t.now())
	if name := q.Get("connection"); name != "" {
		docs = slices.DeleteFunc(docs, func(doc map[string]any) bool {
			return !slices.Contains(search.Values(doc, "identities.connection"), any(name))
		})
	}
	return writeSearchPage(w, r, "users", pickAll(docs, r))
}

// getUser serves GET /api/v2/users/{id}: at once, not from the index.
func (t *Tenant) getUser(w http.ResponseWriter, r *http.Request, u *user) error {
	return writeJSON(w, http.StatusOK, pick(u.document(), r))
}

// listUsersByEmail serves GET /api/v2/users-by-email. The address must match to
// the letter, linked identities not included.
func (t *Tenant) listUsersByEmail(w http.ResponseWriter, r *http.Request) error {
	found := t.users.withEmail(r.URL.Query().Get("email"))
	return writeJSON(w, http.StatusOK, pickAll(documents(found, every), r))
}

// deleteUser serves DELETE /api/v2/users/{id}. Deleting a user who does not exist succeeds.
func (t *Tenant) deleteUser(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	t.users.remove(id, t.now())
	t.endAccess(id)
	t.removeFactors(id, every)
	t.blocks.clear(id)
	for _, role := range t.roles {
		role.remove(id)
	}
	return noContent(w)
}
