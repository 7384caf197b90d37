package devpages

import (
	"maps"
	"net/url"
	"strconv"
)

// PageSize is how many items a list shows at once.
const PageSize = 50

// Pager is a part of a list, and the links to the parts beside it.
type Pager struct {
	From, To, Total int    // the first and the last item, from 1; both 0 in an empty list
	Number, Last    int    // the page's number, from 1, and the last one's
	Newer, Older    string // queries; "" where there is no such page
}

// Paginate cuts items to the page that a query asks for. A number that is no page is the nearest.
func Paginate[T any](items []T, query url.Values) ([]T, Pager) {
	last := max(1, (len(items)+PageSize-1)/PageSize)
	number, _ := strconv.Atoi(query.Get("page"))
	number = min(max(number, 1), last)
	start := (number - 1) * PageSize
	end := min(start+PageSize, len(items))
	p := Pager{From: min(start+1, end), To: end, Total: len(items), Number: number, Last: last}
	other := func(n int) string {
		q := maps.Clone(query)
		q.Del("done") // the message was for the first page
		q.Set("page", strconv.Itoa(n))
		return "?" + q.Encode()
	}
	if number > 1 {
		p.Newer = other(number - 1)
	}
	if number < last {
		p.Older = other(number + 1)
	}
	return items[start:end], p
}
