package api

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	"usher/localtenant"
)

// A real tenant gives the first 1,000 users of a search and no more. The
// service's list goes on, at one call a page.
// Here it is three times that, and 500 users share each instant.
func TestListWalksALargeTenant(t *testing.T) {
	t.Parallel()
	s := start(t, ways[0], emptyTenant)
	s.calm(t)
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var all []string
	for i := range 3_000 {
		all = append(all, s.addUser(localtenant.User{UserID: fmt.Sprintf("%08d", i), CreatedAt: begin.Add(time.Duration(i/500) * time.Minute)}))
	}
	for _, query := range []string{"limit=100", "limit=100&sort=-created_at"} {
		s.tenant.Tenant.ResetStats()
		ids, pages := walk(t, s, query, false, nil)
		if !slices.Equal(slices.Sorted(slices.Values(ids)), all) {
			t.Errorf("%s: walked %d users, want each of %d once", query, len(ids), len(all))
		}
		calls := s.tenant.Tenant.Stats().Routes["GET /api/v2/users"]
		t.Logf("%s: %d pages, %d calls", query, pages, calls)
		most := pages + 2
		if *quirks { // by the values of some users no search can go on
			most = 2 * pages
		}
		if calls > most {
			t.Errorf("%s: %d calls for %d pages", query, calls, pages)
		}
	}
}

func TestListSaysWhereItCannotGoOn(t *testing.T) {
	t.Parallel()
	s := start(t, ways[0], emptyTenant)
	for i := range 1200 {
		s.addUser(localtenant.User{UserID: fmt.Sprintf("%08d", i), FamilyName: "Same", CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, i*1_000_000, time.UTC)})
	}
	next := ""
	for range 20 {
		got := s.call("GET", "/users?limit=100&sort=family_name"+next, "")
		if got.status != 200 {
			wantAnswer(t, got, 422, "list-too-uniform")
			return
		}
		next = "&cursor=" + got.json(t)["next"].(string)
	}
	t.Error("it went on without end")
}

// Random tenants, with ties, missing members, and users who come and go while
// the walk is under way: who stays is answered exactly once, in order.
func TestListWalksRandomTenants(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			s := start(t, ways[0], emptyTenant)
			sort := []string{"created_at", "-created_at", "last_login", "-last_login", "name", "-name", "email"}[r.IntN(7)]
			limit := []int{1, 2, 7, 50, 99, 100}[r.IntN(6)]
			n := 1 + r.IntN(min(limit*15, 400))
			var all []string
			for i := range n {
				all = append(all, s.addUser(randomUser(r, i)))
			}
			gone := map[string]bool{}
			query := fmt.Sprintf("limit=%d&sort=%s", limit, sort)
			ids, _ := walk(t, s, query, false, func(int) {
				if r.IntN(3) > 0 {
					return
				}
				id := all[r.IntN(n)]
				gone[id] = true
				s.as(t, "DELETE", "/users/"+url.PathEscape(id), "")
			})
			seen := map[string]int{}
			for _, id := range ids {
				seen[id]++
			}
			for _, id := range all {
				if seen[id] > 1 || seen[id] == 0 && !gone[id] {
					t.Errorf("%s: %s was answered %d times", query, id, seen[id])
				}
			}
		})
	}
}

func randomUser(r *rand.Rand, i int) localtenant.User {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	u := localtenant.User{
		UserID:    fmt.Sprintf("%06d", i),
		Email:     fmt.Sprintf("u%d@example.com", r.IntN(1_000_000_000)),
		CreatedAt: begin.Add(time.Duration(r.IntN(20)) * time.Second),
		Name:      []string{"ann", "Ann", "bob \"b\"", "zoë", "日本", "a\\b"}[r.IntN(6)],
	}
	if r.IntN(2) == 0 {
		u.LastLogin = begin.Add(time.Duration(r.IntN(10)) * time.Hour)
	}
	return u
}
