package users

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// sortKeys lists the members by which users can be sorted.
var sortKeys = []string{
	"created_at", "updated_at", "last_login", "email", "name", "nickname", "given_name", "family_name", "username",
}

// Sort is a sort order. Users without the member come last.
type Sort struct {
	Key        string
	Descending bool
}

// String returns the value of the sort parameter, such as "created_at" or "-created_at".
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

// order sorts users in the same order as the provider.
func (s Sort) order(users []User) {
	slices.SortStableFunc(users, func(a, b User) int {
		x, y := SortValue(a, s.Key), SortValue(b, s.Key)
		if x == "" || y == "" { // users without a value come last in both directions
			return cmp.Or(cmp.Compare(y, x), cmp.Compare(a.ID, b.ID))
		}
		c := strings.Compare(x, y)
		if s.Descending {
			c = -c
		}
		return cmp.Or(c, strings.Compare(a.ID, b.ID))
	})
}

// SortValue returns the member's value as text with the same sort order; "" if the user
// does not have the member.
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

// Instant is the layout in which times are compared: UTC with milliseconds, the provider's
// precision.
const Instant = "2006-01-02T15:04:05.000Z"

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(Instant)
}
