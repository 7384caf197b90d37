package users

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// sortKeys are the members by which a list can be ordered.
var sortKeys = []string{"created_at", "updated_at", "last_login", "email", "name", "nickname", "given_name", "family_name", "username"}

// Sort is the order of a list. Users without the member come last.
type Sort struct {
	Key        string
	Descending bool
}

// String is the sort as a client writes it: "created_at", "-created_at".
func (s Sort) String() string {
	if s.Descending {
		return "-" + s.Key
	}
	return s.Key
}

func sortParameter() []string {
	var values []string
	for _, key := range sortKeys {
		values = append(values, key, "-"+key)
	}
	return values
}

func parseSort(value string) Sort {
	key, descending := strings.CutPrefix(cmp.Or(value, "created_at"), "-")
	return Sort{Key: key, Descending: descending}
}

// order sorts users at hand as the provider sorts all.
func (s Sort) order(users []User) {
	slices.SortStableFunc(users, func(a, b User) int {
		x, y := SortValue(a, s.Key), SortValue(b, s.Key)
		if x == "" || y == "" { // the one without comes last, either way round
			return cmp.Or(cmp.Compare(y, x), cmp.Compare(a.ID, b.ID))
		}
		c := strings.Compare(x, y)
		if s.Descending {
			c = -c
		}
		return cmp.Or(c, strings.Compare(a.ID, b.ID))
	})
}

// SortValue is the member's value as text that sorts as the value does; "" for
// a member that the user does not have.
func SortValue(u User, key string) string {
	switch key {
	case "created_at":
		return instant(u.CreatedAt)
	case "updated_at":
		return instant(u.UpdatedAt)
	case "last_login":
		return instant(u.LastLogin)
	case "email":
		return u.Email
	case "name":
		return u.Name
	case "nickname":
		return u.Nickname
	case "given_name":
		return u.GivenName
	case "family_name":
		return u.FamilyName
	case "username":
		return u.Username
	}
	return ""
}

// Instant is the form in which times are compared: UTC, to the millisecond,
// which is the provider's own precision.
const Instant = "2006-01-02T15:04:05.000Z"

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(Instant)
}
