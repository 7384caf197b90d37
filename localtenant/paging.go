package localtenant

import (
	"cmp"
	"maps"
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

// tooFar reports whether the page is beyond the records that can be paged through.
func (p page) tooFar() bool { return p.start+p.limit > maxRecords }

// cut returns the items in the window. The result is never nil.
func cut[T any](items []T, p page) []T {
	start := min(p.start, len(items))
	return append([]T{}, items[start:min(start+p.limit, len(items))]...)
}

// writePage answers with a list, in an object with totals where they are asked for.
func writePage[T any](w http.ResponseWriter, r *http.Request, name string, items []T) error {
	p := pageOf(r)
	if !p.totals {
		return writeJSON(w, http.StatusOK, cut(items, p))
	}
	return writeJSON(w, http.StatusOK, map[string]any{
		"start": p.start, "limit": p.limit, "total": len(items), name: cut(items, p),
	})
}

// writeSearchPage is writePage for the endpoints whose totals have a length.
func writeSearchPage(w http.ResponseWriter, r *http.Request, name string, items []map[string]any) error {
	p := pageOf(r)
	if window := cut(items, p); p.totals {
		return writeJSON(w, http.StatusOK, map[string]any{
			"start": p.start, "limit": p.limit, "length": len(window), "total": len(items), name: window,
		})
	}
	return writePage(w, r, name, items)
}

// byCheckpoint reports whether a request walks a list by from and take.
func byCheckpoint(r *http.Request) bool {
	return r.URL.Query().Has("take") || r.URL.Query().Has("from")
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
	return pickAll([]map[string]any{doc}, r)[0]
}

func pickAll(docs []map[string]any, r *http.Request) []map[string]any {
	q := r.URL.Query()
	if q.Get("fields") == "" {
		return docs
	}
	names := strings.Split(q.Get("fields"), ",")
	include := q.Get("include_fields") != "false"
	out := []map[string]any{}
	for _, doc := range docs {
		picked := maps.Clone(doc)
		maps.DeleteFunc(picked, func(name string, _ any) bool { return slices.Contains(names, name) != include })
		out = append(out, picked)
	}
	return out
}
