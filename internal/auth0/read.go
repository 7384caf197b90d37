package auth0

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/tidwall/gjson"
)

// reading reads the members of a response. Their types often differ from the provider's
// documentation: it reads other forms with the same meaning, and ignores everything else.
type reading struct {
	odd func(name string) // called with the name of an ignored member
}

// reading starts reading a response.
func (c *Client) reading(ctx context.Context) *reading {
	return &reading{odd: func(name string) { c.notice(ctx, name) }}
}

// parse fails with errIncomplete if the body is not JSON.
func (r *reading) parse(body []byte) (gjson.Result, error) {
	body, err := cleanJSON(body)
	if err != nil {
		return gjson.Result{}, err
	}
	// No copy, which would double the allocations: nothing changes the body.
	return gjson.Parse(unsafe.String(unsafe.SliceData(body), len(body))), nil
}

// list returns the list with this name in a response, or the response itself for "". It
// fails with errIncomplete if there is none.
func (r *reading) list(body []byte, name string) (root gjson.Result, items []gjson.Result, err error) {
	if root, err = r.parse(body); err != nil {
		return root, nil, err
	}
	all := root
	if name != "" {
		all = root.Get(name)
	}
	if !all.IsArray() {
		return root, nil, errIncomplete
	}
	return root, all.Array(), nil
}

// each reads the items of a list. It fails if one item fails.
func each[T any](items []gjson.Result, read func(gjson.Result) (T, error)) ([]T, error) {
	all := make([]T, len(items))
	for i, item := range items {
		var err error
		if all[i], err = read(item); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// textIn returns one text member of a response; "" if it is unreadable.
func (c *Client) textIn(ctx context.Context, body []byte, name string) string {
	r := c.reading(ctx)
	root, err := r.parse(body)
	if err != nil {
		return ""
	}
	return r.text(name, root.Get(name))
}

// text returns "" for null, and for a list its first text.
func (r *reading) text(name string, v gjson.Result) string {
	switch {
	case v.Type == gjson.String:
		return v.Str
	case v.IsArray():
		for _, item := range v.Array() {
			if item.Type == gjson.String {
				return item.Str
			}
		}
	case v.Type == gjson.Null:
		return ""
	}
	r.odd(name)
	return ""
}

// exact accepts only a text. It is for members that decide the owner of something.
func (r *reading) exact(name string, v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	if v.Type != gjson.Null {
		r.odd(name)
	}
	return ""
}

// texts returns a list of texts, or one text as a list. It ignores items of other types.
func (r *reading) texts(name string, v gjson.Result) []string {
	switch {
	case v.Type == gjson.String:
		return []string{v.Str}
	case v.Type == gjson.Null:
		return nil
	case !v.IsArray():
		r.odd(name)
		return nil
	}
	var all []string
	for _, item := range v.Array() {
		if item.Type != gjson.String {
			r.odd(name)
			continue
		}
		all = append(all, item.Str)
	}
	return all
}

// flag returns nil for null, and the value of unreadable for an unreadable value.
func (r *reading) flag(name string, v gjson.Result, unreadable bool) *bool {
	value := unreadable
	switch {
	case v.Type == gjson.Null:
		return nil
	case v.Type == gjson.True, v.Type == gjson.String && strings.EqualFold(v.Str, "true"), v.Type == gjson.Number && v.Num == 1:
		value = true
	case v.Type == gjson.False, v.Type == gjson.String && strings.EqualFold(v.Str, "false"), v.Type == gjson.Number && v.Num == 0:
		value = false
	default:
		r.odd(name)
	}
	return &value
}

// isTrue is flag for a member that is false if absent.
func (r *reading) isTrue(name string, v gjson.Result, unreadable bool) bool {
	value := r.flag(name, v, unreadable)
	return value != nil && *value
}

// count returns a whole number of at least 0, which may be text or have a zero fraction.
func (r *reading) count(name string, v gjson.Result) (n int, ok bool) {
	number, is := number(v)
	switch {
	case v.Type == gjson.Null:
		return 0, false
	case !is || number < 0 || number > math.MaxInt32 || number != math.Trunc(number):
		r.odd(name)
		return 0, false
	}
	return int(number), true
}

func number(v gjson.Result) (float64, bool) {
	switch v.Type {
	case gjson.Number:
		return v.Num, true
	case gjson.String:
		n, err := strconv.ParseFloat(v.Str, 64)
		return n, err == nil && !math.IsNaN(n)
	}
	return 0, false
}

// id returns a text, or the digits of a whole number of any size: some social providers' IDs are numbers.
func (r *reading) id(name string, v gjson.Result) string {
	if v.Type == gjson.Number && !strings.ContainsAny(v.Raw, ".eE") {
		return v.Raw
	}
	return r.exact(name, v)
}

// forms are the provider's observed formats of a time. RFC 3339 allows any fraction of a second in each.
var forms = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700"}

// fromMilliseconds separates Unix milliseconds (above, since March 1973) from seconds
// (below, until the year 5138).
const fromMilliseconds = 1e11

// time returns a time in UTC; nil for null, an unreadable value, and years outside 1 to
// 9999, which RFC 3339 cannot express.
func (r *reading) time(name string, v gjson.Result) *time.Time {
	if v.Type == gjson.Null {
		return nil
	}
	if at, ok := instantOf(v); ok {
		if at = at.UTC(); at.Year() >= 1 && at.Year() <= 9999 {
			return &at
		}
	}
	r.odd(name)
	return nil
}

func instantOf(v gjson.Result) (time.Time, bool) {
	if n, ok := number(v); ok {
		switch {
		case math.Abs(n) < fromMilliseconds:
			whole, fraction := math.Modf(n)
			return time.Unix(int64(whole), int64(fraction*1e9)), true
		case math.Abs(n) < fromMilliseconds*1e4:
			return time.UnixMilli(int64(n)), true
		}
		return time.Time{}, false
	}
	if v.Type != gjson.String {
		return time.Time{}, false
	}
	for _, form := range forms {
		if at, err := time.Parse(form, v.Str); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// object returns the unchanged text of an object; nil for null.
func (r *reading) object(name string, v gjson.Result) json.RawMessage {
	switch {
	case v.IsObject():
		return json.RawMessage(v.Raw)
	case v.Type != gjson.Null:
		r.odd(name)
	}
	return nil
}
