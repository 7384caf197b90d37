package auth0

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/users"
)

// listed is a user in the provider's index and in its responses.
type listed struct {
	id      string
	value   string // of the sort member, in the index; "" if the user has none
	created string
	shown   string // of the sort member, in the response; "" if unreadable
	hidden  bool   // in a connection that the front-end may not see
}

// shelf is the provider's search in memory, with the same order, ranges and limits. In its
// responses, sort values may be missing or differ from the index.
type shelf struct {
	t          *testing.T
	users      []listed
	knowsTotal bool
	searches   int
}

func (s *shelf) search(_ context.Context, l leg, index, size int) ([]hit, bool, error) {
	s.t.Helper()
	if s.searches++; (index+1)*size > searchSize || size < 1 || size > pageSize || index < 0 {
		s.t.Fatalf("the provider has no page %d of %d users", index, size)
	}
	order := l.order()
	value := func(u listed) string { return u.value }
	if l.at.Absent || l.sort.Key == "created_at" {
		value = func(u listed) string { return u.created }
	}
	var all []listed
	for _, u := range s.users {
		if l.omitsAbsent() && l.at.Absent != (u.value == "") {
			continue
		}
		c := strings.Compare(strings.ToLower(value(u)), strings.ToLower(l.at.After))
		if order.Descending {
			c = -c
		}
		if l.at.After == "" || c > 0 || c == 0 && l.at.Seen.Len() > 0 {
			all = append(all, u)
		}
	}
	slices.SortStableFunc(all, func(a, b listed) int {
		c := cmp.Compare(strings.ToLower(value(a)), strings.ToLower(value(b)))
		if order.Descending {
			c = -c
		}
		return c
	})
	var found []hit
	for _, u := range all[min(index*size, len(all)):min((index+1)*size, len(all))] {
		h := hit{User: users.User{ID: u.id, Identities: []users.Identity{{Connection: "own"}}}, value: u.shown}
		if u.hidden {
			h.Identities[0].Connection = "other"
		}
		if l.at.Absent {
			h.value = u.created
		}
		found = append(found, h)
	}
	return found, moreThan(len(all), s.knowsTotal, index, size, len(found)), nil
}

// walked walks to the end, and counts how often each user is returned.
func (s *shelf) walked(filter users.Filter, sort users.Sort, limit int) (times map[string]int, pages int) {
	s.t.Helper()
	times = map[string]int{}
	for at := (*users.Position)(nil); ; pages++ {
		if pages > 2*len(s.users)+10 {
			s.t.Fatalf("the walk does not end: %+v", at)
		}
		w := walk{search: s.search, filter: filter, sort: sort, ahead: time.Second}
		page, err := w.page(s.t.Context(), at, limit, limit)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(page.Users) > limit {
			s.t.Fatalf("%d users on a page of %d", len(page.Users), limit)
		}
		for _, u := range page.Users {
			times[u.ID]++
		}
		if at = page.Next; at == nil {
			return times, pages
		}
	}
}

func (s *shelf) wantOnce(times map[string]int) {
	s.t.Helper()
	for _, u := range s.users {
		if n := times[u.id]; n != 1 && !u.hidden || n != 0 && u.hidden {
			s.t.Errorf("%s (%q in the index, shown as %q, hidden %v) was returned %d times", u.id, u.value, u.shown, u.hidden, n)
		}
	}
}

var allSortKeys = []string{"created_at", "updated_at", "last_login", "email", "name", "nickname", "given_name", "family_name", "username"}

var walkStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// stocked returns a shelf of n users in groups with equal sort values, some without a value.
func stocked(t *testing.T, r *rand.Rand, key string, n int) *shelf {
	s := &shelf{t: t, knowsTotal: r.IntN(2) == 0}
	kinds := 1 + r.IntN(n)
	for i := range n {
		k := r.IntN(kinds)
		u := listed{id: fmt.Sprintf("u|%03d", i), created: walkStart.Add(time.Duration(i/3) * time.Second).Format(users.Instant)}
		switch {
		case key == "created_at":
			u.created = walkStart.Add(time.Duration(k) * time.Hour).Format(users.Instant)
			u.value = u.created
		case isInstant(key):
			u.value = walkStart.Add(time.Duration(k) * time.Hour).Format(users.Instant)
		default:
			u.value = []string{"Ann", "ann", "bob", "İx", "zoë", "~", "_"}[k%7] + fmt.Sprint(k)
		}
		if key != "created_at" && r.IntN(5) == 0 {
			u.value = ""
		}
		u.shown = u.value
		s.users = append(s.users, u)
	}
	return s
}

// odd makes the values of some users unreadable, by their place in the walk.
var odd = map[string]func(r *rand.Rand, i, n, limit int) bool{
	"none":              func(*rand.Rand, int, int, int) bool { return false },
	"the first":         func(_ *rand.Rand, i, _, _ int) bool { return i == 0 },
	"the last":          func(_ *rand.Rand, i, n, _ int) bool { return i == n-1 },
	"the first of each": func(_ *rand.Rand, i, _, limit int) bool { return i%limit == 0 },
	"the last of each":  func(_ *rand.Rand, i, _, limit int) bool { return i%limit == limit-1 },
	"the next one":      func(_ *rand.Rand, i, _, limit int) bool { return i%limit == 0 && i > 0 },
	"every user":        func(*rand.Rand, int, int, int) bool { return true },
	"a whole page":      func(_ *rand.Rand, i, _, limit int) bool { return i/limit == 1 },
	"one in three":      func(r *rand.Rand, _, _, _ int) bool { return r.IntN(3) == 0 },
	"two in three":      func(r *rand.Rand, _, _, _ int) bool { return r.IntN(3) > 0 },
}

// inOrder returns the order of the walk as indexes into s.users.
func (s *shelf) inOrder(sort users.Sort) []int {
	places := make([]int, len(s.users))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int {
		a, b := strings.ToLower(s.users[i].value), strings.ToLower(s.users[j].value)
		switch {
		case a == "" || b == "":
			return cmp.Compare(b, a)
		case sort.Descending:
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	})
	return places
}

// With unreadable sort values anywhere, the walk ends and returns every user once.
func TestAWalkPastUnreadableValues(t *testing.T) {
	for _, key := range allSortKeys {
		for name, is := range odd {
			t.Run(key+", "+name, func(t *testing.T) {
				for seed := range uint64(12) {
					r := rand.New(rand.NewPCG(seed, 7))
					sort := users.Sort{Key: key, Descending: seed%2 == 1}
					limit := []int{1, 2, 3, 7, 50, 99, 100, 1 + r.IntN(100)}[r.IntN(8)]
					s := stocked(t, r, key, 1+r.IntN(min(limit*12, 250)))
					for i, place := range s.inOrder(sort) {
						if is(r, i, len(s.users), limit) {
							s.users[place].shown = ""
						}
					}
					times, _ := s.walked(users.Filter{}, sort, limit)
					s.wantOnce(times)
				}
			})
		}
	}
}

// A value that was misread or has changed since it was indexed does not divert the walk: it
// ends and loses no user. A misplaced user may appear twice.
func TestAWalkPastMisreadValues(t *testing.T) {
	wrong := map[string][]string{
		"instants": {"1970-01-01T00:00:07.000Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z", walkStart.Add(5 * time.Hour).Format(users.Instant)},
		"texts":    {"!", "zzzz", "bob", "m"},
	}
	for _, key := range allSortKeys {
		t.Run(key, func(t *testing.T) {
			for seed := range uint64(60) {
				r := rand.New(rand.NewPCG(seed, 8))
				sort := users.Sort{Key: key, Descending: seed%2 == 1}
				s := stocked(t, r, key, 1+r.IntN(150))
				kind := "texts"
				if isInstant(key) {
					kind = "instants"
				}
				if kind == "texts" { // the order of other characters is unknown
					for i, u := range s.users {
						s.users[i].value = strings.NewReplacer("İ", "i", "ë", "e", "~", "y", "_", "c").Replace(strings.ToLower(u.value))
						s.users[i].shown = s.users[i].value
					}
				}
				for i, place := range s.inOrder(sort) {
					if i%5 == int(seed%5) && s.users[place].value != "" {
						s.users[place].shown = wrong[kind][r.IntN(4)]
					}
				}
				times, _ := s.walked(users.Filter{}, sort, 1+r.IntN(100))
				for _, u := range s.users {
					if times[u.id] == 0 {
						t.Errorf("seed %d: %s (%q in the index, shown as %q) was lost", seed, u.id, u.value, u.shown)
					}
				}
			}
		})
	}
}

func TestMoreThan(t *testing.T) {
	tests := map[string]struct {
		total              int
		known              bool
		index, size, found int
		want               bool
	}{
		"more":                          {101, true, 0, 100, 100, true},
		"all":                           {100, true, 0, 100, 100, false},
		"the last of several":           {250, true, 2, 100, 50, false},
		"more, some items missing":      {300, true, 1, 100, 98, true},
		"an empty page":                 {900, true, 3, 100, 0, false},
		"unknown, a full page":          {0, false, 0, 100, 100, true},
		"unknown, a short page":         {0, false, 0, 100, 99, false},
		"unknown, an empty page":        {0, false, 0, 100, 0, false},
		"less than found":               {7, true, 0, 100, 100, true},
		"less than found, a short page": {7, true, 1, 100, 20, false},
		"negative":                      {-1 << 63, true, 0, 50, 50, true},
		"all, on the second page":       {100, true, 1, 50, 50, false},
		"a huge total":                  {1 << 62, true, 0, 50, 50, true},
	}
	for name, tt := range tests {
		if got := moreThan(tt.total, tt.known, tt.index, tt.size, tt.found); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSameValue(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"Ann", "aNN", true}, {"ÜBER", "über", true}, {"lİnus", "linus", true}, {"\u212Aim", "kim", true}, {"ſam", "Sam", true},
		{"ann", "ann ", false}, {"", "a", false}, {"", "", true},
	} {
		if got := sameValue(tt.a, tt.b); got != tt.same {
			t.Errorf("%q and %q: %v", tt.a, tt.b, got)
		}
	}
}
