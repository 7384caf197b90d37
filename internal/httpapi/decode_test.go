package httpapi_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

type common struct {
	Email    *string `json:"email"`
	Verified *bool   `json:"verified"`
}

type target struct {
	common
	Tags     []string       `json:"tags"`
	Metadata map[string]any `json:"metadata"`
	Count    int            `json:"count"`
	Address  struct {
		City string `json:"city"`
	} `json:"address"`
}

func post(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// kindAndDetail returns what a client sees of an error.
func kindAndDetail(err error) string {
	if err == nil {
		return ""
	}
	if !problem.IsProblem(err) {
		return "not a problem: " + err.Error()
	}
	p := problem.From(err)
	return p.Kind.Code + " | " + p.Detail
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ contentType, body, want string }{
		"no media type":         {"", `{}`, "unsupported-media-type | Send Content-Type: application/json."},
		"another media type":    {"text/plain", `{}`, "unsupported-media-type | Send Content-Type: application/json."},
		"a form":                {"application/x-www-form-urlencoded", `a=b`, "unsupported-media-type | Send Content-Type: application/json."},
		"a broken media type":   {"application/json; charset", `{}`, "unsupported-media-type | Send Content-Type: application/json."},
		"another charset":       {"application/json; charset=latin1", `{}`, "unsupported-media-type | Send Content-Type: application/json."},
		"a merge patch":         {"application/merge-patch+json", `{}`, "unsupported-media-type | Send Content-Type: application/json."},
		"empty":                 {"application/json", ``, "invalid-json | The body is empty, or ends in the middle of its JSON."},
		"only space":            {"application/json", " \n", "invalid-json | The body is empty, or ends in the middle of its JSON."},
		"an array":              {"application/json", `[]`, "invalid-json | The body must be a JSON object."},
		"a string":              {"application/json", `"x"`, "invalid-json | The body must be a JSON object."},
		"null":                  {"application/json", `null`, "invalid-json | The body must be a JSON object."},
		"an open string":        {"application/json", `{"email":"a`, "invalid-json | The body is empty, or ends in the middle of its JSON."},
		"an open object":        {"application/json", `{"email":"a"`, "invalid-json | The body is empty, or ends in the middle of its JSON."},
		"no value":              {"application/json", `{"email":}`, "invalid-json | The JSON is broken at byte 9."},
		"a name without quotes": {"application/json", `{email:"a"}`, "invalid-json | The JSON is broken at byte 1."},
		"a trailing comma":      {"application/json", `{"count":1,}`, "invalid-json | The JSON is broken at byte 11."},
		"a wrong bracket":       {"application/json", `{"tags":["a"}`, "invalid-json | The JSON is broken at byte 12."},
		"two values":            {"application/json", `{"count":1}{"count":2}`, "invalid-json | There is more behind the JSON object."},
		"text after it":         {"application/json", `{"count":1} x`, "invalid-json | There is more behind the JSON object."},
		"not UTF-8":             {"application/json", "{\"email\":\"\xff\"}", "invalid-json | The body is not UTF-8."},
		"an unknown member":     {"application/json", `{"admin":true}`, "invalid-request | admin: unknown field"},
		"another case":          {"application/json", `{"Email":"a"}`, "invalid-request | Email: unknown field"},
		"an embedded struct":    {"application/json", `{"common":{}}`, "invalid-request | common: unknown field"},
		"a member twice":        {"application/json", `{"email":"a","email":"b"}`, "invalid-request | email: is given twice"},
		"twice, escaped":        {"application/json", `{"email":"a","\u0065mail":"b"}`, "invalid-request | email: is given twice"},
		"twice, deep":           {"application/json", `{"metadata":{"a":{"b":1,"b":2}}}`, "invalid-request | metadata.a.b: is given twice"},
		"twice, in an array":    {"application/json", `{"metadata":{"a":[{"b":1,"b":2}]}}`, "invalid-request | metadata.a.b: is given twice"},
		"half of a pair":        {"application/json", `{"email":"\ud83d"}`, "invalid-request | email: has half of a surrogate pair, such as \"\\ud83d\", which is no character"},
		"halves reversed":       {"application/json", `{"email":"\ude00\ud83d"}`, "invalid-request | email: has half of a surrogate pair, such as \"\\ud83d\", which is no character"},
		"half, deep":            {"application/json", `{"metadata":{"a":{"b":["x","\udfff"]}}}`, "invalid-request | metadata.a.b: has half of a surrogate pair, such as \"\\ud83d\", which is no character"},
		"half, in a name":       {"application/json", `{"metadata":{"a\ud83d":1}}`, "invalid-request | metadata.a\ufffd: has half of a surrogate pair, such as \"\\ud83d\", which is no character"},
		"half, unknown":         {"application/json", `{"\ud83d":1}`, "invalid-request | \ufffd: has half of a surrogate pair, such as \"\\ud83d\", which is no character"},
		"half, and no object":   {"application/json", `"\ud83d"`, "invalid-json | The body has half of a surrogate pair, such as \"\\ud83d\", which is no character."},
		"half, in an array":     {"application/json", `["\ud83d"]`, "invalid-json | The body has half of a surrogate pair, such as \"\\ud83d\", which is no character."},
		"U+0000":                {"application/json", `{"email":"a\u0000"}`, "invalid-request | email: contains U+0000, which is not allowed"},
		"U+0000, deep":          {"application/json", `{"metadata":{"a":["x",{"b":"\u0000"}]}}`, "invalid-request | metadata.a.b: contains U+0000, which is not allowed"},
		"U+0000 in a name":      {"application/json", `{"metadata":{"a\u0000":{"b":1}}}`, "invalid-request | metadata.a\x00: contains U+0000, which is not allowed"},
		"U+0000, unknown":       {"application/json", `{"\u0000":1}`, "invalid-request | \x00: contains U+0000, which is not allowed"},
		"U+0000 and more":       {"application/json", `{"email":"\u0000","metadata":{"b":"\u0000","a":"\u0000"}}`, "invalid-request | 3 values are not valid."},
		"a number for a string": {"application/json", `{"email":1}`, "invalid-request | email: must be a string, not number"},
		"a string for a bool":   {"application/json", `{"verified":"yes"}`, "invalid-request | verified: must be true or false, not string"},
		"a string for a list":   {"application/json", `{"tags":"a"}`, "invalid-request | tags: must be an array, not string"},
		"a list for an object":  {"application/json", `{"metadata":[]}`, "invalid-request | metadata: must be an object, not array"},
		"a string for a number": {"application/json", `{"count":"1"}`, "invalid-request | count: must be a whole number, not string"},
		"deep in a struct":      {"application/json", `{"address":{"city":1}}`, "invalid-request | address.city: must be a string, not number"},
		"a fraction":            {"application/json", `{"count":1.5}`, "invalid-request | count: must be a whole number"},
		"a negative exponent":   {"application/json", `{"count":6e-1}`, "invalid-request | count: must be a whole number"},
		"a huge exponent":       {"application/json", `{"count":1e400}`, "invalid-request | count: must be a whole number"},
		"an endless exponent":   {"application/json", `{"count":1e9223372036854775807}`, "invalid-request | count: must be a whole number"},
		"above the largest":     {"application/json", `{"count":9223372036854775808}`, "invalid-request | count: must be a whole number"},
		"null for a string":     {"application/json", `{"email":null}`, "invalid-request | email: must be a string, not null"},
		"null for a bool":       {"application/json", `{"verified":null}`, "invalid-request | verified: must be true or false, not null"},
		"null for a list":       {"application/json", `{"tags":null}`, "invalid-request | tags: must be an array, not null"},
		"null for an object":    {"application/json", `{"metadata":null}`, "invalid-request | metadata: must be an object, not null"},
		"null for a struct":     {"application/json", `{"address":null}`, "invalid-request | address: must be an object, not null"},
		"null for a number":     {"application/json", `{"count":null}`, "invalid-request | count: must be a whole number, not null"},
		"nulls":                 {"application/json", `{"email":null,"count":null}`, "invalid-request | 2 values are not valid."},
		"null, and unknown":     {"application/json", `{"admin":null,"Zoo":null}`, "invalid-request | Zoo: unknown field"},
		"too deep":              {"application/json", `{"metadata":{"a":` + strings.Repeat("[", 1001) + strings.Repeat("]", 1001) + `}}`, "invalid-request | metadata.a: is nested too deeply"},
		"too deep objects":      {"application/json", `{"metadata":` + strings.Repeat(`{"":`, 1001) + `1` + strings.Repeat(`}`, 1002), "invalid-request | metadata" + strings.Repeat(".", 92) + "…: is nested too deeply"},
		"a long unknown name":   {"application/json", `{"` + strings.Repeat("é", 101) + `":1}`, "invalid-request | " + strings.Repeat("é", 100) + "…: unknown field"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var into target
			if diff := cmp.Diff(tt.want, kindAndDetail(httpapi.Decode(post(tt.contentType, tt.body), &into))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeAccepts(t *testing.T) {
	email, verified := "a@b.example", true
	tests := map[string]struct {
		contentType, body string
		want              target
	}{
		"an empty object":         {"application/json", `{}`, target{}},
		"surrounding space":       {"application/json", " {}\n", target{}},
		"a charset":               {"application/json; charset=UTF-8", `{}`, target{}},
		"upper-case type":         {"Application/JSON", `{}`, target{}},
		"all members":             {"application/json", `{"email":"a@b.example","verified":true,"tags":["x"],"count":3}`, target{common: common{&email, &verified}, Tags: []string{"x"}, Count: 3}},
		"a large number":          {"application/json", `{"metadata":{"n":12345678901234567890}}`, target{Metadata: map[string]any{"n": json.Number("12345678901234567890")}}},
		"an exponent":             {"application/json", `{"count":6e2}`, target{Count: 600}},
		"a fraction of zeros":     {"application/json", `{"count":-633.00}`, target{Count: -633}},
		"a whole product":         {"application/json", `{"count":60.5e+1}`, target{Count: 605}},
		"zero":                    {"application/json", `{"count":-0.0E9}`, target{Count: 0}},
		"the largest":             {"application/json", `{"count":9223372036854775807}`, target{Count: math.MaxInt}},
		"numbers of metadata":     {"application/json", `{"metadata":{"a":6e2,"b":600.0}}`, target{Metadata: map[string]any{"a": json.Number("6e2"), "b": json.Number("600.0")}}},
		"one name in two objects": {"application/json", `{"metadata":{"a":{"x":1},"b":{"x":1}}}`, target{Metadata: map[string]any{"a": map[string]any{"x": json.Number("1")}, "b": map[string]any{"x": json.Number("1")}}}},
		"U+FFFD, and a pair":      {"application/json", `{"metadata":{"\ufffd":"\ud83d\ude00"}}`, target{Metadata: map[string]any{"\ufffd": "😀"}}},
		"control characters":      {"application/json", `{"metadata":{"a":"\u0001\t\r\n\u001f\u007f\u2028"}}`, target{Metadata: map[string]any{"a": "\x01\t\r\n\x1f\x7f\u2028"}}},
		"U+0000 escaped once":     {"application/json", `{"metadata":{"a":"\\u0000"}}`, target{Metadata: map[string]any{"a": `\u0000`}}},
		"unknown nested names":    {"application/json", `{"metadata":{"Email":null}}`, target{Metadata: map[string]any{"Email": nil}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got target
			if err := httpapi.Decode(post(tt.contentType, tt.body), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(target{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeBoundsTheBody(t *testing.T) {
	padded := func(size int) string { return `{}` + strings.Repeat(" ", size-2) }
	var into target
	if err := httpapi.Decode(post("application/json", padded(httpapi.MaxBody)), &into); err != nil {
		t.Errorf("a body of the largest size: %v", err)
	}
	err := httpapi.Decode(post("application/json", padded(httpapi.MaxBody+1)), &into)
	if got := kindAndDetail(err); got != "body-too-large | The body is larger than 65536 bytes." {
		t.Errorf("a body that is one byte too large: %s", got)
	}
}

func TestDecodeReportsABrokenConnection(t *testing.T) {
	cause := errors.New("connection reset")
	r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader(`{}`), iotest.ErrReader(cause)))
	r.Header.Set("Content-Type", "application/json")
	err := httpapi.Decode(r, &target{})
	if got := kindAndDetail(err); got != "invalid-json | The body could not be read completely." || !errors.Is(err, cause) {
		t.Errorf("got %s (%v)", got, err)
	}
}

func TestDecodePatch(t *testing.T) {
	tests := map[string]struct {
		contentType, body string
		members           map[string]bool
		email             string
	}{
		"absent":        {"application/merge-patch+json", `{}`, map[string]bool{}, "nil"},
		"null":          {"application/merge-patch+json", `{"email":null}`, map[string]bool{"email": true}, "nil"},
		"set":           {"application/merge-patch+json", `{"email":"a"}`, map[string]bool{"email": true}, "a"},
		"as plain JSON": {"application/json", `{"email":"a","count":1}`, map[string]bool{"email": true, "count": true}, "a"},
		"only the top":  {"application/json", `{"metadata":{"email":null}}`, map[string]bool{"metadata": true}, "nil"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var into target
			members, err := httpapi.DecodePatch(post(tt.contentType, tt.body), &into)
			if err != nil {
				t.Fatal(err)
			}
			email := "nil"
			if into.Email != nil {
				email = *into.Email
			}
			if diff := cmp.Diff(tt.members, members); diff != "" || email != tt.email {
				t.Errorf("email %s, members:\n%s", email, diff)
			}
		})
	}
	_, err := httpapi.DecodePatch(post("text/plain", `{}`), &target{})
	if got := kindAndDetail(err); got != "unsupported-media-type | Send Content-Type: application/merge-patch+json or application/json." {
		t.Error(got)
	}
	if _, err := httpapi.DecodePatch(post("application/json", `{"x":1}`), &target{}); !problem.Is(err, problem.InvalidRequest) {
		t.Errorf("an unknown member: %v", err)
	}
}

func TestHasBody(t *testing.T) {
	tests := map[string]struct {
		request *http.Request
		want    bool
	}{
		"none":            {httptest.NewRequest(http.MethodDelete, "/", nil), false},
		"http.NoBody":     {httptest.NewRequest(http.MethodDelete, "/", http.NoBody), false},
		"nil":             {&http.Request{ContentLength: 1}, false},
		"of length 0":     {httptest.NewRequest(http.MethodDelete, "/", strings.NewReader("")), false},
		"some":            {httptest.NewRequest(http.MethodDelete, "/", strings.NewReader("x")), true},
		"unknown length":  {httptest.NewRequest(http.MethodDelete, "/", io.MultiReader(strings.NewReader("x"))), true},
		"http.NoBody, -1": {&http.Request{Body: http.NoBody, ContentLength: -1}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := httpapi.HasBody(tt.request); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
