package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

func query(raw string) *httpapi.Query {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL.RawQuery = raw
	return httpapi.NewQuery(r)
}

// parameters holds the results of all parsers.
type parameters struct {
	Text, Choice string
	Number       int
	Flag         *bool
	At           time.Time
}

func readAll(q *httpapi.Query) (parameters, error) {
	p := parameters{
		Text:   q.String("text"),
		Choice: q.OneOf("choice", "a", "b"),
		Number: q.Int("number", 50, 1, 100),
		Flag:   q.Bool("flag"),
		At:     q.Time("at"),
	}
	return p, q.Err()
}

func TestQueryReads(t *testing.T) {
	yes, no := true, false
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		raw  string
		want parameters
	}{
		"empty":           {"", parameters{Number: 50}},
		"all":             {"text=x+%C3%A9&choice=b&number=7&flag=true&at=2026-01-31T12:00:00Z", parameters{"x é", "b", 7, &yes, noon}},
		"false":           {"flag=false", parameters{Number: 50, Flag: &no}},
		"the lowest":      {"number=1", parameters{Number: 1}},
		"the highest":     {"number=100", parameters{Number: 100}},
		"another offset":  {"at=2026-01-31T14:00:00%2B02:00", parameters{Number: 50, At: noon}},
		"half a second":   {"at=2026-01-31T12:00:00.5Z", parameters{Number: 50, At: noon.Add(time.Second / 2)}},
		"an escaped name": {"t%65xt=x", parameters{Text: "x", Number: 50}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(query(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTimesAreUTC(t *testing.T) {
	if at := query("at=2026-01-31T14:00:00%2B02:00").Time("at"); at.Location() != time.UTC {
		t.Errorf("the time is in %v", at.Location())
	}
}

func TestQueryRefuses(t *testing.T) {
	unknown := func(name string) problem.Field {
		return problem.Field{Field: name, Detail: "unknown parameter", MadeUp: true}
	}
	const noTime = "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z"
	const noNumber = "must be a whole number from 1 to 100"
	tests := map[string]struct {
		raw  string
		want []problem.Field
	}{
		"an unknown parameter": {"text=x&q=y&admin=1", []problem.Field{unknown("admin"), unknown("q")}},
		"many, in order":       {"e=1&d=1&c=1&b=1&a=1&f=1", []problem.Field{unknown("a"), unknown("b"), unknown("c"), unknown("d"), unknown("e"), unknown("f")}},
		"another case":         {"Text=x", []problem.Field{unknown("Text")}},
		"a parameter twice":    {"text=x&text=x", []problem.Field{{Field: "text", Detail: "is given more than once"}}},
		"an empty one":         {"text=", []problem.Field{{Field: "text", Detail: "is empty"}}},
		"one without a value":  {"text", []problem.Field{{Field: "text", Detail: "is empty"}}},
		"invalid UTF-8":        {"text=%FF", []problem.Field{{Field: "text", Detail: "is not UTF-8"}}},
		"an invalid choice":    {"choice=c", []problem.Field{{Field: "choice", Detail: `must be one of ["a" "b"]`}}},
		"not a number":         {"number=x", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a fraction":           {"number=1.5", []problem.Field{{Field: "number", Detail: noNumber}}},
		"too low":              {"number=0", []problem.Field{{Field: "number", Detail: noNumber}}},
		"too high":             {"number=101", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a sign":               {"number=%2B5", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a minus":              {"number=-5", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a leading zero":       {"number=05", []problem.Field{{Field: "number", Detail: noNumber}}},
		"only zeros":           {"number=00", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a whole fraction":     {"number=5.0", []problem.Field{{Field: "number", Detail: noNumber}}},
		"an exponent":          {"number=5e0", []problem.Field{{Field: "number", Detail: noNumber}}},
		"hexadecimal":          {"number=0x5", []problem.Field{{Field: "number", Detail: noNumber}}},
		"an underscore":        {"number=1_0", []problem.Field{{Field: "number", Detail: noNumber}}},
		"other digits":         {"number=%D9%A5", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a space before":       {"number=+5", []problem.Field{{Field: "number", Detail: noNumber}}},
		"a space behind":       {"number=5%20", []problem.Field{{Field: "number", Detail: noNumber}}},
		"far too high":         {"number=99999999999999999999", []problem.Field{{Field: "number", Detail: noNumber}}},
		"an invalid flag":      {"flag=1", []problem.Field{{Field: "flag", Detail: `must be one of ["true" "false"]`}}},
		"an invalid time":      {"at=yesterday", []problem.Field{{Field: "at", Detail: noTime}}},
		"a date":               {"at=2026-01-31", []problem.Field{{Field: "at", Detail: noTime}}},
		"a time without zone":  {"at=2026-01-31T12:00:00", []problem.Field{{Field: "at", Detail: noTime}}},
		"a short hour":         {"at=2026-01-31T1:00:00Z", []problem.Field{{Field: "at", Detail: noTime}}},
		"a comma":              {"at=2026-01-31T12:00:00,5Z", []problem.Field{{Field: "at", Detail: noTime}}},
		"an invalid offset":    {"at=2026-01-31T12:00:00%2B23:60", []problem.Field{{Field: "at", Detail: noTime}}},
		"an offset's plus":     {"at=2026-01-31T12:00:00+02:00", []problem.Field{{Field: "at", Detail: noTime}}},
		"no such day":          {"at=2026-02-30T12:00:00Z", []problem.Field{{Field: "at", Detail: noTime}}},
		"a broken escape":      {"text=%zz", []problem.Field{{Field: "query", Detail: "is not a well-formed query string"}}},
		"a semicolon":          {"text=x;y=1", []problem.Field{{Field: "query", Detail: "is not a well-formed query string"}}},
		"several at once":      {"choice=c&number=0", []problem.Field{{Field: "choice", Detail: `must be one of ["a" "b"]`}, {Field: "number", Detail: noNumber}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(query(tt.raw))
			if !problem.Is(err, problem.InvalidRequest) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(tt.want, problem.From(err).Fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIntRefusesTextWhereZeroIsValid(t *testing.T) {
	q := query("n=x")
	q.Int("n", 0, -5, 5)
	if got := kindAndDetail(q.Err()); got != "invalid-request | n: must be a whole number from -5 to 5" {
		t.Error(got)
	}
}

func TestRefuse(t *testing.T) {
	q := query("a=1")
	q.String("a")
	q.Refuse("a", "is odd")
	if got := kindAndDetail(q.Err()); got != "invalid-request | a: is odd" {
		t.Error(got)
	}
}

func TestNoQuery(t *testing.T) {
	tests := map[string]struct{ raw, want string }{
		"none":     {"", ""},
		"one":      {"a=1", "invalid-request | a: unknown parameter"},
		"no value": {"a", "invalid-request | a: unknown parameter"},
		"broken":   {"%zz", "invalid-request | query: is not a well-formed query string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.URL.RawQuery = tt.raw
			if got := kindAndDetail(httpapi.NoQuery(r)); got != tt.want {
				t.Error(got)
			}
		})
	}
}
