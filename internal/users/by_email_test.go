package users_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/users"
)

// The provider's lookup by email neither filters nor sorts, so the service does.
func TestListByEmailFilters(t *testing.T) {
	at := func(n int) *time.Time { return ptr(day(n)) }
	in := func(connection string) []users.Identity {
		return []users.Identity{{Connection: "x"}, {Connection: connection}}
	}
	found := []users.User{
		{ID: "verified", EmailVerified: ptr(true), CreatedAt: at(1), LastLogin: at(11), Identities: in("a")},
		{ID: "unverified", EmailVerified: ptr(false), CreatedAt: at(2), LastLogin: at(12), Identities: in("b")},
		{ID: "blocked", Blocked: true, CreatedAt: at(3), Identities: in("a")},
		{ID: "bare"},
	}
	all := []string{"verified", "unverified", "blocked", "bare"}
	tests := map[string]struct {
		query string
		want  []string
	}{
		"no filter":                                {"", all},
		"connection":                               {"&connection=a", []string{"verified", "blocked"}},
		"no such connection":                       {"&connection=c", []string{}},
		"verified":                                 {"&email_verified=true", []string{"verified"}},
		"not verified or unknown":                  {"&email_verified=false", []string{"unverified", "blocked", "bare"}},
		"blocked":                                  {"&blocked=true", []string{"blocked"}},
		"not blocked":                              {"&blocked=false", []string{"verified", "unverified", "bare"}},
		"created after is exclusive":               {"&created_after=2026-01-01T12:00:00Z", []string{"unverified", "blocked"}},
		"created before is exclusive":              {"&created_before=2026-01-02T12:00:00Z", []string{"verified"}},
		"created between":                          {"&created_after=2026-01-01T12:00:00Z&created_before=2026-01-03T12:00:00Z", []string{"unverified"}},
		"signed in after is exclusive":             {"&last_login_after=2026-01-11T12:00:00Z", []string{"unverified"}},
		"signed in before is exclusive":            {"&last_login_before=2026-01-12T12:00:00Z", []string{"verified"}},
		"users who never signed in match no range": {"&last_login_before=2030-01-01T00:00:00Z", []string{"verified", "unverified"}},
		"combined filters":                         {"&connection=a&blocked=true&created_after=2026-01-02T12:00:00Z", []string{"blocked"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := &directory{found: found}
			got := decodePage(t, list(t, dir, "email=Ada%40example.com"+tt.query))
			if diff := cmp.Diff(tt.want, ids(got.Users)); diff != "" || got.Next != "" {
				t.Errorf("next %q\n%s", got.Next, diff)
			}
			if diff := cmp.Diff([]string{"by email Ada@example.com"}, dir.calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListByEmailSorts(t *testing.T) {
	made := func(id string, n int) users.User {
		at := day(n)
		s := fmt.Sprint(n)
		return users.User{ID: id, CreatedAt: &at, UpdatedAt: &at, LastLogin: &at, Email: s, Name: s, Nickname: s, GivenName: s, FamilyName: s, Username: s}
	}
	found := []users.User{{ID: "z-without"}, made("b", 1), made("c", 3), {ID: "a-without"}, made("d", 1), made("a", 2)}
	for _, key := range []string{"created_at", "updated_at", "last_login", "email", "name", "nickname", "given_name", "family_name", "username"} {
		for value, want := range map[string][]string{
			key:       {"b", "d", "a", "c", "a-without", "z-without"},
			"-" + key: {"c", "a", "b", "d", "a-without", "z-without"},
		} {
			t.Run(value, func(t *testing.T) {
				got := decodePage(t, list(t, &directory{found: found}, "email=a@b.example&sort="+value))
				if diff := cmp.Diff(want, ids(got.Users)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestTimesSortByInstant(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	early, late := time.Date(2026, 1, 1, 12, 30, 0, 0, berlin), day(1) // 11:30 and 12:00 UTC
	got := decodePage(t, list(t, &directory{found: []users.User{{ID: "late", CreatedAt: &late}, {ID: "early", CreatedAt: &early}}}, "email=a@b.example"))
	if diff := cmp.Diff([]string{"early", "late"}, ids(got.Users)); diff != "" {
		t.Error(diff)
	}
}

// A list returns every user who existed all the time exactly once, even if other users are
// created or deleted meanwhile.
func TestListByEmailPages(t *testing.T) {
	var found []users.User
	for i := range 5 {
		found = append(found, users.User{ID: fmt.Sprint(i), CreatedAt: ptr(day(10 + i))})
	}
	dir := &directory{found: found}
	first := decodePage(t, list(t, dir, "email=a@b.example&limit=2"))
	if diff := cmp.Diff([]string{"0", "1"}, ids(first.Users)); diff != "" {
		t.Fatal(diff)
	}
	dir.found = append([]users.User{{ID: "new", CreatedAt: ptr(day(1))}}, found[1:]...) // 0 goes
	second := decodePage(t, list(t, dir, "email=a@b.example&limit=2&cursor="+url.QueryEscape(first.Next)))
	if diff := cmp.Diff([]string{"new", "2"}, ids(second.Users)); diff != "" {
		t.Fatal(diff)
	}
	last := decodePage(t, list(t, dir, "email=a@b.example&limit=2&cursor="+url.QueryEscape(second.Next)))
	if diff := cmp.Diff([]string{"3", "4"}, ids(last.Users)); diff != "" || last.Next != "" {
		t.Errorf("next %q\n%s", last.Next, diff)
	}
}
