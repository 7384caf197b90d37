package users

import "slices"

// emailPage returns a page of the users found by an exact email address. It filters and
// sorts them itself, since the provider's lookup by email does neither.
func emailPage(found []User, req listing, from *Position) Page {
	var seen Seen
	if from != nil {
		seen = from.Seen
	}
	rest := slices.DeleteFunc(found, func(u User) bool { return !req.filter.matches(u) || seen.Has(u.ID) })
	req.sort.order(rest)
	if len(rest) <= req.limit {
		return Page{Users: rest}
	}
	page := rest[:req.limit]
	for _, u := range page {
		seen = seen.With(u.ID)
	}
	return Page{Users: page, Next: &Position{Seen: seen}}
}
