package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/users"
)

// timeToLookAhead is the time that a search ahead requires.
const timeToLookAhead = 3 * time.Second

// own is the filter of a front-end that may see some of the users.
var own = users.Filter{Connections: []string{"own"}}

// without returns the shelf without the hidden users.
func (s *shelf) without() *shelf {
	bare := *s
	bare.users = slices.DeleteFunc(slices.Clone(s.users), func(u listed) bool { return u.hidden })
	return &bare
}

// pageAt returns a page for a limited front-end.
func (s *shelf) pageAt(ctx context.Context, sort users.Sort, at *users.Position, limit int) (page users.Page, searches int) {
	s.t.Helper()
	w := walk{search: s.search, filter: own, sort: sort, ahead: timeToLookAhead}
	page, err := w.page(ctx, at, limit, pageSize)
	if err != nil {
		s.t.Fatal(err)
	}
	return page, w.spent
}

func textOf(page users.Page) string {
	ids := []string{}
	for _, u := range page.Users {
		ids = append(ids, u.ID)
	}
	next, _ := json.Marshal(page.Next)
	return fmt.Sprint(ids, string(next))
}

// With and without hidden users, in any number and order, a limited front-end gets the same
// pages and positions. All pages but the last are full.
func TestHiddenUsersLeaveNoTrace(t *testing.T) {
	for _, key := range allSortKeys {
		t.Run(key, func(t *testing.T) {
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 9))
				sort := users.Sort{Key: key, Descending: seed%2 == 1}
				s := stocked(t, r, key, 1+r.IntN(300))
				share := r.IntN(11)
				for i := range s.users {
					s.users[i].hidden = r.IntN(10) < share
					if r.IntN(10) == 0 {
						s.users[i].shown = ""
					}
				}
				bare, limit := s.without(), 1+r.IntN(100)
				times := map[string]int{}
				for at, pages := (*users.Position)(nil), 0; ; pages++ {
					page, searches := s.pageAt(t.Context(), sort, at, limit)
					want, _ := bare.pageAt(t.Context(), sort, at, limit)
					if textOf(page) != textOf(want) || pages > len(s.users) {
						t.Fatalf("seed %d, page %d of %d: %s, but without hidden users %s", seed, pages, limit, textOf(page), textOf(want))
					}
					if page.Next != nil && len(page.Users) != limit {
						t.Errorf("seed %d, page %d has %d users of %d, and is not the last", seed, pages, len(page.Users), limit)
					}
					if searches > lookAhead+2 {
						t.Errorf("seed %d, page %d took %d searches", seed, pages, searches)
					}
					for _, u := range page.Users {
						times[u.ID]++
					}
					if at = page.Next; at == nil {
						break
					}
				}
				s.wantOnce(times)
			}
		})
	}
}

// With more hidden users than a request may search past, the walk continues with short pages and ends.
func TestAWalkPastManyHiddenUsers(t *testing.T) {
	for _, alike := range []int{1, 10, 800} { // users with one value
		for _, sort := range []users.Sort{{Key: "created_at"}, {Key: "name", Descending: true}} {
			s := &shelf{t: t, knowsTotal: true}
			for i := range 3000 {
				value := walkStart.Add(time.Duration(i/alike) * time.Second).Format(users.Instant)
				s.users = append(s.users, listed{id: fmt.Sprint(i), value: value, created: value, shown: value, hidden: i%1000 != 500})
			}
			times := map[string]int{}
			for at, pages := (*users.Position)(nil), 0; ; pages++ {
				page, searches := s.pageAt(t.Context(), sort, at, 2)
				if searches > lookAhead+2 || pages > 20 {
					t.Fatalf("%d alike by %s: page %d took %d searches", alike, sort, pages, searches)
				}
				for _, u := range page.Users {
					times[u.ID]++
				}
				if at = page.Next; at == nil {
					break
				}
			}
			s.wantOnce(times)
		}
	}
}

// Without enough time there is no search ahead: the page contains the users found so far.
func TestLookingAheadEndsInTime(t *testing.T) {
	s := &shelf{t: t, knowsTotal: true}
	for i := range 150 {
		value := walkStart.Add(time.Duration(i) * time.Second).Format(users.Instant)
		s.users = append(s.users, listed{id: fmt.Sprint(i), value: value, created: value, shown: value, hidden: i != 20})
	}
	for left, searches := range map[time.Duration]int{timeToLookAhead - time.Nanosecond: 1, timeToLookAhead: 2} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), left)
			defer cancel()
			page, spent := s.pageAt(ctx, users.Sort{Key: "created_at"}, nil, 10)
			if spent != searches || len(page.Users) != 1 || (page.Next == nil) != (searches == 2) {
				t.Errorf("with %v left: %d searches, %s", left, spent, textOf(page))
			}
		})
	}
}

// For a front-end without limits there is no search beyond the page.
func TestNoSearchAheadWithoutLimits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	s := stocked(t, r, "created_at", 250)
	for _, limit := range []int{1, 50, 100} {
		w := walk{search: s.search, sort: users.Sort{Key: "created_at"}}
		if page, err := w.page(t.Context(), nil, limit, limit); err != nil || len(page.Users) != limit || page.Next == nil || w.spent != 1 {
			t.Errorf("by %d: %d searches for %s, %v", limit, w.spent, textOf(page), err)
		}
	}
}
