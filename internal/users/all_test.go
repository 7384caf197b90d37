package users_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/users"
)

func TestAll(t *testing.T) {
	call, err := api.Server{}.Resume(api.Principal{}, "")
	if err != nil {
		t.Fatal(err)
	}
	jan, feb := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		bound string
		until time.Time
	}{
		"":                     {"", jan},
		"2026-02-01T00:00:00Z": {"2026-02-01T00:00:00Z", jan},
		"2025-12-01T00:00:00Z": {"2025-12-01T00:00:00Z", time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			values := url.Values{"connection": {"employees"}}
			if tt.bound != "" {
				values.Set("created_before", tt.bound)
			}
			q := httpapi.QueryOf(values)
			all := users.ParseAll(q).CreatedBefore(feb).CreatedBefore(jan)
			if err := q.Err(); err != nil {
				t.Fatal(err)
			}
			dir := &directory{page: users.Page{Users: []users.User{{ID: "a"}}, Next: &users.Position{After: "x"}}}
			from := &users.Position{After: "w"}
			page, err := all.Page(t.Context(), dir, call, from)
			if diff := cmp.Diff(dir.page, page); diff != "" || err != nil {
				t.Error(err, diff)
			}
			want := listing{users.Filter{Connection: "employees", CreatedBefore: tt.until}, users.Sort{Key: "created_at"}, from, 100}
			if diff := cmp.Diff(want, dir.listing); diff != "" {
				t.Error(diff)
			}
		})
	}
}
