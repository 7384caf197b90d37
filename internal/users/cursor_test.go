package users_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/users"
)

const refusedCursor = "invalid-cursor | cursor: is not from this list with the same filters and order."

// A cursor is valid only for the filters and the sort order that it was issued for.
func TestCursorIsBoundToItsList(t *testing.T) {
	const all = "search=a&connection=c&email_verified=true&blocked=true&sort=email" +
		"&created_after=2026-01-01T12:00:00Z&created_before=2026-01-02T12:00:00Z" +
		"&last_login_after=2026-01-03T12:00:00Z&last_login_before=2026-01-04T12:00:00Z"
	tests := map[string]struct {
		first, then string
		valid       bool
	}{
		"the same":                           {all, all, true},
		"reordered parameters":               {"blocked=true&search=a", "search=a&blocked=true", true},
		"another limit":                      {"limit=1", "limit=2", true},
		"the default sort, explicit":         {"", "sort=created_at", true},
		"the same instant":                   {"created_after=2026-01-01T12:00:00Z", "created_after=2026-01-01T13:00:00%2B01:00", true},
		"an address in upper case":           {"email=a@b.example&limit=1", "email=A@B.example", true},
		"another search":                     {all, strings.Replace(all, "search=a", "search=b", 1), false},
		"no search":                          {all, strings.Replace(all, "search=a&", "", 1), false},
		"another connection":                 {all, strings.Replace(all, "connection=c", "connection=d", 1), false},
		"another email_verified":             {all, strings.Replace(all, "email_verified=true", "email_verified=false", 1), false},
		"no email_verified":                  {all, strings.Replace(all, "email_verified=true&", "", 1), false},
		"another blocked":                    {all, strings.Replace(all, "blocked=true", "blocked=false", 1), false},
		"another sort":                       {all, strings.Replace(all, "sort=email", "sort=name", 1), false},
		"the reverse sort":                   {all, strings.Replace(all, "sort=email", "sort=-email", 1), false},
		"another created_after":              {all, strings.Replace(all, "2026-01-01", "2025-01-01", 1), false},
		"another created_before":             {all, strings.Replace(all, "2026-01-02", "2027-01-02", 1), false},
		"another last_login_after":           {all, strings.Replace(all, "2026-01-03", "2025-01-03", 1), false},
		"another last_login_before":          {all, strings.Replace(all, "2026-01-04", "2027-01-04", 1), false},
		"another address":                    {"email=a@b.example&limit=1", "email=c@b.example", false},
		"a search instead of an address":     {"email=a@b.example&limit=1", "search=a@b.example", false},
		"after and before swapped":           {"created_after=2026-01-01T12:00:00Z", "created_before=2026-01-01T12:00:00Z", false},
		"another filter with the same value": {"search=c", "connection=c", false},
		"a filter with quotation marks":      {"search=" + url.QueryEscape(`a" "c`), "search=a&connection=c", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{
				page:  users.Page{Users: []users.User{{ID: "u"}}, Next: &users.Position{After: "x"}},
				found: []users.User{{ID: "1"}, {ID: "2"}},
			}
			cursor := decodePage(t, list(t, dir, tt.first)).Next
			if cursor == "" {
				t.Fatal("no cursor")
			}
			w := list(t, dir, tt.then+"&cursor="+url.QueryEscape(cursor))
			want := map[bool]string{true: "OK", false: refusedCursor}[tt.valid]
			if diff := cmp.Diff(want, outcome(t, w)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCursorRefuses(t *testing.T) {
	seal := func(purpose, plain string) string {
		sealed, err := sealer{}.Seal(context.Background(), purpose, defaultBinding, []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	tests := map[string]struct{ cursor, want string }{
		"valid":                      {seal("list-cursor", `{"a":"x"}`), "OK"},
		"the maximum length":         {seal("list-cursor", `{"a":"`+strings.Repeat("x", 6000)+`"}`), "OK"},
		"garbage":                    {"x", refusedCursor},
		"another purpose":            {seal("sign-in-state", `{"a":"x"}`), refusedCursor},
		"valid seal, not a position": {seal("list-cursor", `[]`), refusedCursor},
		"valid seal, not JSON":       {seal("list-cursor", `x`), refusedCursor},
		"too long":                   {seal("list-cursor", `{"a":"`+strings.Repeat("x", 9<<10)+`"}`), refusedCursor},
		"empty":                      {"", "invalid-request | cursor: is empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, outcome(t, list(t, &directory{}, "cursor="+tt.cursor))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// defaultBinding is the binding of a list without filters.
const defaultBinding = `["" "created_at" "" "" "" "" "" "" "" ""]`

// Any input as a cursor is either accepted or refused with a problem.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "x", "{}", `{"a":"2026","s":"AAAAAAA=","m":true}`, `{"s":5}`, `[`, `null`, "\xff"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, sealed bool) {
		cursor := text
		if sealed {
			cursor = base64.RawURLEncoding.EncodeToString([]byte("list-cursor\n" + defaultBinding + "\n" + text))
		}
		dir := &directory{}
		w := list(t, dir, "cursor="+url.QueryEscape(cursor))
		switch w.Code {
		case http.StatusOK:
			if dir.listing.From != nil && !sealed {
				t.Errorf("%q was accepted as a cursor", text)
			}
		case http.StatusBadRequest:
			if got := outcome(t, w); got != refusedCursor && !strings.HasPrefix(got, "invalid-request | cursor: ") || len(dir.calls) > 0 {
				t.Errorf("%q: %s, provider calls: %v", text, got, dir.calls)
			}
		default:
			t.Errorf("%q: %d %s", text, w.Code, w.Body)
		}
	})
}
