package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/localtenant"
)

// people are in the order of their creation, a day apart.
func people(s *service) {
	day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for i, u := range []localtenant.User{
		{Email: "ann@example.com", Name: "Ann Lee", EmailVerified: true},
		{Email: "bob@example.com", Name: "Bob (the) Builder", Nickname: "bb"},
		{Email: "cat@example.com", Name: "O'Neil \"Cat\"", Blocked: new(true), LastLogin: day.Add(240 * time.Hour)},
		{Email: "dan+x@example.com", Name: "Dan* AND Eve", LastLogin: day.Add(241 * time.Hour)},
		{Email: "eve@example.com", Name: "Eve: a/b\\c", Connection: "github", UserID: "5"},
	} {
		u.CreatedAt = day.Add(time.Duration(i) * 24 * time.Hour)
		s.addUser(u)
	}
}

// emails are the local parts of a list's addresses, in its order.
func emails(t *testing.T, a answer) []string {
	t.Helper()
	wantAnswer(t, a, 200, "")
	names := []string{}
	for _, u := range a.json(t)["users"].([]any) {
		email, _ := u.(map[string]any)["email"].(string)
		local, _, _ := strings.Cut(email, "@")
		names = append(names, local)
	}
	return names
}

func TestListFilters(t *testing.T) {
	tests := map[string]struct {
		query string
		want  []string
	}{
		"all":                   {"", []string{"ann", "bob", "cat", "dan+x", "eve"}},
		"newest first":          {"sort=-created_at", []string{"eve", "dan+x", "cat", "bob", "ann"}},
		"by email":              {"email=ANN@example.com", []string{"ann"}},
		"by email, of another":  {"email=ann@example.com&connection=github", []string{}},
		"by email, and more":    {"email=cat@example.com&blocked=true&created_after=2026-01-02T00:00:00Z", []string{"cat"}},
		"nobody has the email":  {"email=zoe@example.com", []string{}},
		"prefix of an email":    {"search=bo", []string{"bob"}},
		"one character":         {"search=e", []string{"eve"}},
		"prefix of a name":      {"search=" + url.QueryEscape("Ann L"), []string{"ann"}},
		"prefix of a nickname":  {"search=bb", []string{"bob"}},
		"brackets":              {"search=" + url.QueryEscape("Bob (the"), []string{"bob"}},
		"quotes":                {"search=" + url.QueryEscape(`O'Neil "C`), []string{"cat"}},
		"a star is no wildcard": {"search=" + url.QueryEscape("Dan*"), []string{"dan+x"}},
		"a star finds no other": {"search=" + url.QueryEscape("A*n"), []string{}},
		"an operator":           {"search=" + url.QueryEscape("Dan* AND E"), []string{"dan+x"}},
		"colon and slashes":     {"search=" + url.QueryEscape(`Eve: a/b\`), []string{"eve"}},
		"plus":                  {"search=" + url.QueryEscape("dan+"), []string{"dan+x"}},
		"an injection":          {"search=" + url.QueryEscape(`x" OR email:*`), []string{}},
		"connection":            {"connection=github", []string{"eve"}},
		"verified":              {"email_verified=true", []string{"ann"}},
		"not verified":          {"email_verified=false", []string{"bob", "cat", "dan+x", "eve"}},
		"blocked":               {"blocked=true", []string{"cat"}},
		"not blocked":           {"blocked=false", []string{"ann", "bob", "dan+x", "eve"}},
		"after excludes":        {"created_after=2026-01-03T12:00:00Z", []string{"dan+x", "eve"}},
		"before excludes":       {"created_before=2026-01-03T12:00:00Z", []string{"ann", "bob"}},
		"before, by a hair":     {"created_before=" + url.QueryEscape("2026-01-03T13:00:00.0000001+01:00"), []string{"ann", "bob", "cat"}},
		"last login":            {"last_login_after=2026-01-11T12:00:00Z&last_login_before=2026-02-01T00:00:00Z", []string{"dan+x"}},
		"all at once":           {"search=d&email_verified=false&blocked=false&connection=" + localtenant.Connection, []string{"dan+x"}},
		"by last login":         {"sort=-last_login", []string{"dan+x", "cat", "ann", "bob", "eve"}},
		"by name":               {"sort=name", []string{"ann", "bob", "dan+x", "eve", "cat"}},
	}
	eachWay(t, func(t *testing.T, s *service) {
		people(s)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := emails(t, s.as(t, "GET", "/users?"+tt.query, ""))
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}, emptyTenant)
}

func TestListRefuses(t *testing.T) {
	tests := map[string]struct{ query, field string }{
		"unknown parameter":      {"colour=red", "colour"},
		"raw query":              {"q=email:*", "q"},
		"limit of none":          {"limit=0", "limit"},
		"limit of too many":      {"limit=101", "limit"},
		"limit in words":         {"limit=ten", "limit"},
		"twice":                  {"limit=1&limit=2", "limit"},
		"sort by what is secret": {"sort=password", "sort"},
		"verified maybe":         {"email_verified=maybe", "email_verified"},
		"no time":                {"created_after=yesterday", "created_after"},
		"no address":             {"email=ann", "email"},
		"search and email":       {"email=ann@example.com&search=a", "search"},
		"an empty search":        {"search=", "search"},
		"no connection":          {"connection=" + url.QueryEscape(`x" OR "y`), "connection"},
		"no cursor of ours":      {"cursor=AAAA", "cursor"},
		"an endless cursor":      {"cursor=" + strings.Repeat("A", 10000), "cursor"},
	}
	eachWay(t, func(t *testing.T, s *service) {
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := s.as(t, "GET", "/users?"+tt.query, "")
				wantAnswer(t, got, 400, "")
				if !strings.Contains(string(got.body), `"field":"`+tt.field+`"`) {
					t.Errorf("%s does not name %s", got.body, tt.field)
				}
			})
		}
	})
}

// walk follows a list to its end, by the cursor in the body or by the link.
func walk(t *testing.T, s *service, query string, byLink bool, between func(page int)) (ids []string, pages int) {
	t.Helper()
	next := "?" + query
	for next != "" {
		got := s.as(t, "GET", "/users"+next, "")
		wantAnswer(t, got, 200, "")
		document := got.json(t)
		for _, u := range document["users"].([]any) {
			ids = append(ids, u.(map[string]any)["id"].(string))
		}
		cursor, _ := document["next"].(string)
		link := got.header.Get("Link")
		if (cursor == "") != (link == "") {
			t.Fatalf("next is %q, but Link is %q", cursor, link)
		}
		next = ""
		if cursor != "" {
			next = "?" + query + "&cursor=" + url.QueryEscape(cursor)
		}
		if byLink && link != "" {
			target, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
			next = target
		}
		pages++
		if between != nil {
			between(pages)
		}
		if pages > 10000 {
			t.Fatal("the walk does not end")
		}
	}
	return ids, pages
}

func TestListWalks(t *testing.T) {
	tests := map[string]struct {
		query string
		pages int
	}{
		"default":              {"", 3},
		"ten":                  {"limit=10", 12},
		"an even end":          {"limit=60", 2},
		"the largest":          {"limit=100", 2},
		"backwards":            {"limit=50&sort=-created_at", 3},
		"by what half lack":    {"limit=50&sort=last_login", 3},
		"backwards by that":    {"limit=50&sort=-last_login", 3},
		"by email":             {"limit=50&sort=-email", 3},
		"by what all share":    {"limit=50&sort=family_name", 3},
		"by what nobody has":   {"limit=50&sort=given_name", 3},
		"filtered":             {"limit=50&search=u", 3},
		"one at a time of ten": {"limit=1&created_before=2026-01-01T00:00:10.000Z", 100},
	}
	eachWay(t, func(t *testing.T, s *service) {
		all := crowd(s, 120)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				ids, pages := walk(t, s, tt.query, strings.Contains(name, "e"), nil)
				want := all
				if strings.HasPrefix(name, "one at a time") {
					want = all[:100]
				}
				if sorted := slices.Sorted(slices.Values(ids)); !slices.Equal(sorted, want) {
					t.Errorf("walked %d users, want %d, none twice", len(ids), len(want))
				}
				if pages != tt.pages {
					t.Errorf("%d pages, want %d", pages, tt.pages)
				}
			})
		}
	}, emptyTenant)
}

// crowd adds users, ten of whom share each instant, and returns their ids in
// order.
func crowd(s *service, n int) []string {
	var ids []string
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		u := localtenant.User{
			UserID:     fmt.Sprintf("%06d", i),
			Email:      fmt.Sprintf("u%06d@example.com", i),
			FamilyName: "Same",
			CreatedAt:  start.Add(time.Duration(i/10) * time.Second),
		}
		if i%2 == 0 {
			u.LastLogin = start.Add(time.Duration(i/20) * time.Hour)
		}
		ids = append(ids, s.addUser(u))
	}
	return ids
}

// Users who come and go during a walk neither hide nor repeat those who stay.
func TestListWalksPastChange(t *testing.T) {
	for _, query := range []string{"limit=7", "limit=7&sort=-created_at", "limit=7&sort=email", "limit=7&sort=last_login"} {
		t.Run(query, func(t *testing.T) {
			eachWay(t, func(t *testing.T, s *service) {
				all := crowd(s, 90)
				gone := map[string]bool{}
				ids, _ := walk(t, s, query, false, func(page int) {
					for _, id := range []string{all[(page*13)%90], all[(page*29)%90]} {
						if !gone[id] {
							gone[id] = true
							wantAnswer(t, s.as(t, "DELETE", "/users/"+url.PathEscape(id), ""), 204, "")
						}
					}
				})
				seen := map[string]int{}
				for _, id := range ids {
					seen[id]++
				}
				for _, id := range all {
					if seen[id] > 1 || seen[id] == 0 && !gone[id] {
						t.Errorf("%s was answered %d times", id, seen[id])
					}
				}
			}, emptyTenant)
		})
	}
}

func TestCursorBelongsToItsList(t *testing.T) {
	eachWay(t, func(t *testing.T, s *service) {
		first := s.call("GET", "/users?limit=2&blocked=false", "").json(t)
		cursor := first["next"].(string)
		for name, query := range map[string]string{
			"other filter":   "blocked=true",
			"no filter":      "limit=2",
			"other order":    "blocked=false&sort=-created_at",
			"another search": "blocked=false&search=a",
			"an email":       "blocked=false&email=ada@example.com",
		} {
			t.Run(name, func(t *testing.T) {
				wantAnswer(t, s.as(t, "GET", "/users?"+query+"&cursor="+cursor, ""), 400, "invalid-cursor")
			})
		}
		for i := range len(cursor) {
			altered := []byte(cursor)
			altered[i] = "AB"[b2i(altered[i] == 'A')]
			wantAnswer(t, s.call("GET", "/users?limit=2&blocked=false&cursor="+string(altered), ""), 400, "invalid-cursor")
		}
		s.want(s.call("GET", "/users?limit=100&blocked=false&cursor="+cursor, ""), 200, "")
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
