package users

import "slices"

// pageOf makes a page of the few users who share an address.
func pageOf(found []User, ask listing, from *Position) Page {
	var seen Seen
	if from != nil {
		seen = from.Seen
	}
	rest := slices.DeleteFunc(found, func(u User) bool { return !ask.filter.matches(u) || seen.Has(u.ID) })
	ask.sort.order(rest)
	if len(rest) <= ask.most {
		return Page{Users: rest}
	}
	page := rest[:ask.most]
	for _, u := range page {
		seen = seen.With(u.ID)
	}
	return Page{Users: page, Next: &Position{Seen: seen}}
}
