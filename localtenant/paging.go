package localtenant

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPageSize = 50
	maxRecords      = 1000 // that can be paged through
)

// page is the window of a list that a request asks for.
type page struct {
	start, limit int
	totals       bool
}

// pageOf reads page, per_page and include_totals, which the description has
// checked already.
func pageOf(r *http.Request) page {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("per_page"))
	limit = cmp.Or(limit, defaultPageSize)
	number, _ := strconv.Atoi(q.Get("page"))
	return page{start: min(number, 1<<20) * limit, limit: limit, totals: q.Get("include_totals") == "true"}
}

// cut returns the items in the window.
func cut[T any](items []T, p page) []T {
	start := min(p.start, len(items))
	return items[start:min(start+p.limit, len(items))]
}

// writePage answers with a list, under its name and with totals where they are asked for.
func writePage[T any](w http.ResponseWriter, r *http.Request, name string, items []T) error {
	p := pageOf(r)
	window := append([]T{}, cut(items, p)...) // never null
	if !p.totals {
		return writeJSON(w, http.StatusOK, window)
	}
	return writeJSON(w, http.StatusOK, map[string]any{"start": p.start, "limit": p.limit, "total": len(items), name: window})
}

// checkpoint is a page of a list that is walked by from and take: the window
// after the item whose key is from. There are no totals.
func checkpoint(r *http.Request, name, key string, items []map[string]any) map[string]any {
	q := r.URL.Query()
	if from := q.Get("from"); from != "" {
		i := slices.IndexFunc(items, func(m map[string]any) bool { return m[key] == from })
		items = items[i+1:]
	}
	take, _ := strconv.Atoi(q.Get("take"))
	take = cmp.Or(take, defaultPageSize)
	out := map[string]any{}
	if len(items) > take {
		items = items[:take]
		out["next"] = items[take-1][key]
	}
	out[name] = append([]map[string]any{}, items...)
	return out
}

// writeCheckpoint answers with such a page, with a total where it is asked for.
func writeCheckpoint(w http.ResponseWriter, r *http.Request, name, key string, items []map[string]any) error {
	out := checkpoint(r, name, key, items)
	if r.URL.Query().Get("include_totals") == "true" {
		out["total"] = len(items)
	}
	return writeJSON(w, http.StatusOK, out)
}

// pick applies fields and include_fields to a document.
func pick(doc map[string]any, r *http.Request) map[string]any {
	q := r.URL.Query()
	if q.Get("fields") == "" {
		return doc
	}
	names := strings.Split(q.Get("fields"), ",")
	include := q.Get("include_fields") != "false"
	out := map[string]any{}
	for k, v := range doc {
		if slices.Contains(names, k) == include {
			out[k] = v
		}
	}
	return out
}
