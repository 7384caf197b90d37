package users

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"usher/internal/address"
	"usher/internal/httpapi"
)

// Sealer makes text that only this service can make and read.
type Sealer = httpapi.Sealer

const cursorPurpose = "list-cursor"

// binding ties a cursor to the filters and the order that it was made for, those
// of the front-end's limits included.
// The limit may change from page to page.
func (ask listing) binding() string {
	f := ask.filter
	optional := func(b *bool) string {
		if b == nil {
			return ""
		}
		return fmt.Sprint(*b)
	}
	all := []string{
		address.Fold(ask.email), ask.sort.String(), f.Search, f.Connection, optional(f.EmailVerified), optional(f.Blocked),
		bound(f.CreatedAfter), bound(f.CreatedBefore), bound(f.LastLoginAfter), bound(f.LastLoginUntil),
	}
	return fmt.Sprintf("%q", append(all, f.Connections...))
}

func bound(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func faultOfSearch(search string) string {
	switch {
	case len(search) > 200:
		return "is longer than 200 bytes"
	case strings.ContainsFunc(search, unicode.IsControl):
		return "has control characters"
	}
	return ""
}
