package users_test

import (
	"fmt"
	"testing"

	"usher/internal/users"
)

func TestSeen(t *testing.T) {
	var seen users.Seen
	if seen.Has("") || seen.Len() != 0 {
		t.Error("an empty set has a user")
	}
	for i := range 900 { // the maximum for one cursor
		seen = seen.With(fmt.Sprint("u|", i))
	}
	if seen.Len() != 900 || !seen.Has("u|0") || !seen.Has("u|899") || seen.Has("u|900") {
		t.Errorf("a set of %d has the wrong users", seen.Len())
	}
}

// Two pages that continue from the same page must not share memory.
func TestSeenIsNotShared(t *testing.T) {
	base := append(make(users.Seen, 0, 100), users.Seen(nil).With("a")...)
	left, right := base.With("b"), base.With("c")
	if !left.Has("b") || left.Has("c") || !right.Has("c") || base.Len() != 1 {
		t.Error("one set changed another")
	}
}

func TestSortValueOfUnknownMember(t *testing.T) {
	if got := users.SortValue(users.User{Email: "a@b.example"}, "picture"); got != "" {
		t.Errorf("got %q for a member that is not sortable", got)
	}
}
