package localtenant

import (
	"net/http"
	"strings"

	"usher/localtenant/search"
)

// listUsers serves GET /api/v2/users from the index.
func (t *Tenant) listUsers(w http.ResponseWriter, r *http.Request) error {
	p := pageOf(r)
	if p.start+p.limit > maxRecords {
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
		docs = keep(docs, func(doc map[string]any) bool { return inConnection(doc, name) })
	}
	window := []map[string]any{}
	for _, doc := range cut(docs, p) {
		window = append(window, pick(doc, r))
	}
	if !p.totals {
		return writeJSON(w, http.StatusOK, window)
	}
	return writeJSON(w, http.StatusOK, map[string]any{
		"start": p.start, "limit": p.limit, "length": len(window), "total": len(docs), "users": window,
	})
}

func keep(docs []map[string]any, ok func(map[string]any) bool) []map[string]any {
	var out []map[string]any
	for _, doc := range docs {
		if ok(doc) {
			out = append(out, doc)
		}
	}
	return out
}

func inConnection(doc map[string]any, name string) bool {
	for _, v := range search.Values(doc, "identities.connection") {
		if v == name {
			return true
		}
	}
	return false
}
