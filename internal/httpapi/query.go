package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"usher/internal/problem"
	"usher/internal/valid"
)

// Query reads query parameters and collects their faults. Err also refuses the parameters that were not read.
type Query struct {
	values url.Values
	asked  map[string]bool
	faults valid.Faults
}

// NewQuery parses the query. Err reports a malformed one.
func NewQuery(r *http.Request) *Query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	q := QueryOf(values)
	if err != nil {
		q.Refuse("query", "is not a well-formed query string")
	}
	return q
}

// QueryValues returns the parameters of the query, for a [QueryOf] that reads them.
func QueryValues(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, problem.Invalid("query", "is not a well-formed query string")
	}
	return values, nil
}

// QueryOf reads a parsed query.
func QueryOf(values url.Values) *Query {
	return &Query{values: values, asked: map[string]bool{}}
}

// String returns the parameter's value; "" where it is absent or faulty.
func (q *Query) String(name string) string {
	q.asked[name] = true
	values := q.values[name]
	switch {
	case len(values) == 0:
	case len(values) > 1:
		q.Refuse(name, "is given more than once")
	case values[0] == "":
		q.Refuse(name, "is empty")
	case !utf8.ValidString(values[0]):
		q.Refuse(name, "is not UTF-8")
	case valid.NoNull(values[0]) != "":
		q.Refuse(name, valid.NoNull(values[0]))
	default:
		return values[0]
	}
	return ""
}

// OneOf is String for a parameter with a fixed set of values.
func (q *Query) OneOf(name string, allowed ...string) string {
	return q.Check(name, valid.OneOf(allowed...))
}

// Int returns the parameter's value; fallback if it is absent.
func (q *Query) Int(name string, fallback, lowest, highest int) int {
	value := q.String(name)
	if value == "" {
		return fallback
	}
	n, err := strconv.Atoi(value)
	if err != nil || strconv.Itoa(n) != value || n < lowest || n > highest { // Atoi accepts +5 and 05
		q.Refuse(name, fmt.Sprintf("must be a whole number from %d to %d", lowest, highest))
	}
	return n
}

// Bool returns the parameter's value; nil if it is absent.
func (q *Query) Bool(name string) *bool {
	value := q.OneOf(name, "true", "false")
	if value == "" {
		return nil
	}
	b := value == "true"
	return &b
}

// rfc3339 excludes what else time.Parse accepts: a comma, short hours and offsets out of range.
var rfc3339 = regexp.MustCompile(`^.{10}T.{2}:.{2}:.{2}(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)

// Time returns the parameter's value, an RFC 3339 time, in UTC; zero if it is absent.
func (q *Query) Time(name string) time.Time {
	value := q.String(name)
	if value == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil || !rfc3339.MatchString(value) {
		q.Refuse(name, "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z")
	}
	return at.UTC()
}

// Refuse notes a fault of a parameter's value.
func (q *Query) Refuse(name, detail string) { q.faults.Add(name, detail) }

// Check holds a parameter to a rule, and returns its value; "" where it is left out.
func (q *Query) Check(name string, rule valid.Rule) string {
	value := q.String(name)
	if value != "" {
		q.faults.Check(name, &value, rule)
	}
	return value
}

// Err returns an invalid-request problem for all faulty and unread parameters; nil for none.
func (q *Query) Err() error {
	names := make([]string, 0, len(q.values))
	for name := range q.values {
		if !q.asked[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		q.faults.AddMadeUp(name, "unknown parameter")
	}
	return q.faults.Err()
}

// NoQuery refuses every query parameter.
func NoQuery(r *http.Request) error { return NewQuery(r).Err() }
