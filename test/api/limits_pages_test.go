package api

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/localtenant"
)

// sealed is what differs from one sealing to the next, though not in length.
var sealed = regexp.MustCompile(`"next":"[^"]*"|cursor=[^&>]*|X-Request-Id:[^\]]*`)

// transcript is all that a front-end can tell of a list: its pages to the end, and how
// long their cursors are.
func transcript(t *testing.T, s *service, query string) (pages []string) {
	t.Helper()
	for cursor := ""; ; {
		target := "/users?" + query
		if cursor != "" {
			target += "&cursor=" + url.QueryEscape(cursor)
		}
		s.tenant.Tenant.ResetStats()
		got := s.as(t, "GET", target, "")
		if calls := s.tenant.Tenant.Stats().Requests; calls > 2 { // the second is for those without the sort member
			t.Errorf("%s: %d calls for a page", query, calls)
		}
		wantAnswer(t, got, 200, "")
		masked := func(text string) string {
			return sealed.ReplaceAllStringFunc(text, func(s string) string { return fmt.Sprintf("<%d>", len(s)) })
		}
		pages = append(pages, fmt.Sprint(got.status, masked(fmt.Sprint(got.header)), masked(string(got.body))))
		next, _ := got.json(t)["next"].(string)
		if cursor = next; next == "" || len(pages) > 100 {
			return pages
		}
	}
}

// A front-end that is limited to a connection cannot tell by any list whether a user
// outside matches: not by the pages' length, nor by next, nor by its length. Its own decoys stand before and after the target, and share its values.
func TestListsTellNothingOfHiddenUsers(t *testing.T) {
	eachAuth(t, func(t *testing.T, a auth) {
		free, shop := shopIn(t, a, `"connections":["github"]`)
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		add := func(i int, email, connection string) string {
			return free.addUser(localtenant.User{
				UserID: fmt.Sprintf("44%02d", i), Connection: connection, Email: email, Name: "Same Name", Nickname: strings.Repeat("n", i+1), EmailVerified: true, Blocked: new(true),
				CreatedAt: at.Add(time.Duration(i/2) * time.Hour), LastLogin: at.Add(time.Duration(i/2) * 24 * time.Hour),
			})
		}
		var targets []string
		for i, email := range []string{"ta@example.com", "tb@example.com", "target@example.com", "tc@example.com", "taxi@example.com", "target2@example.com", "tz@example.com"} {
			if !strings.HasPrefix(email, "target") {
				add(i, email, "github")
				continue
			}
			id := add(i, email, localtenant.Connection)
			other := add(50+i, fmt.Sprintf("other%d@example.net", i), "github")
			free.manage(t, "POST", "/users/"+url.PathEscape(id)+"/identities", `{"provider":"github","user_id":"`+strings.TrimPrefix(other, "github|")+`"}`)
			targets = append(targets, id)
		}
		var queries []string
		sorts := []string{"created_at", "-created_at", "-last_login", "email", "name", "-nickname"}
		for i, filter := range []string{
			"", "search=t", "search=ta", "search=tar", "search=target", "search=target2", "search=Same", "blocked=true", "email_verified=true", "search=tar&blocked=true", "connection=github",
			"created_after=2026-01-01T00:30:00Z", "created_after=2026-01-01T00:30:00Z&created_before=2026-01-01T01:30:00Z", "last_login_after=2026-01-01T12:00:00Z&last_login_before=2026-01-02T12:00:00Z",
			"email=target@example.com", "email=ta@example.com",
		} {
			for _, limit := range []int{1, 2, 50} {
				queries = append(queries, fmt.Sprintf("%s&limit=%d&sort=%s", filter, limit, sorts[i%len(sorts)]), fmt.Sprintf("%s&limit=%d&sort=%s", filter, limit, sorts[(i+limit)%len(sorts)]))
			}
		}
		seen := map[string][]string{}
		for _, query := range queries {
			query = strings.TrimPrefix(query, "&")
			if seen[query] = transcript(t, shop, query); slices.ContainsFunc(seen[query], func(page string) bool { return strings.Contains(page, "target") && !strings.Contains(query, "target") }) {
				t.Fatalf("%s shows the target: %s", query, seen[query])
			}
		}
		for _, id := range targets {
			wantAnswer(t, free.as(t, "DELETE", "/users/"+url.PathEscape(id), ""), 204, "")
		}
		for query, before := range seen {
			if after := transcript(t, shop, query); !slices.Equal(before, after) {
				t.Errorf("%s tells of the target:\n%s\nand without them:\n%s", query, strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
		}
	})
}
