package strict_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/cmd/internal/console/strict"
)

func TestObject(t *testing.T) {
	got, err := strict.Object([]byte(` {"a":[1.50,{"b":null}],"A":12345678901234567890,"c":{"a":true}} `))
	want := map[string]any{
		"a": []any{json.Number("1.50"), map[string]any{"b": nil}}, "A": json.Number("12345678901234567890"), "c": map[string]any{"a": true},
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %v", cmp.Diff(want, got), err)
	}
	for text, want := range map[string]string{
		``:                                  "its end is missing",
		`{"a":`:                             "its end is missing",
		`{"a":[1`:                           "its end is missing",
		`{"a":"b`:                           "its end is missing",
		`null`:                              "is not one JSON object",
		`[]`:                                "is not one JSON object",
		`"a"`:                               "is not one JSON object",
		`{} {}`:                             "is not one JSON object",
		`{}}`:                               "is not one JSON object",
		`{a}`:                               "is not JSON",
		`{"a":1,}`:                          "is not JSON",
		`{"a":01}`:                          "is not JSON",
		`{"a":NaN}`:                         "is not JSON",
		"{\"a\":\"\xff\"}":                  "is not UTF-8",
		`{"a":1,"a":1}`:                     `has the member "a" twice`,
		`{"a":1,"\u0061":2}`:                `has the member "a" twice`,
		`{"x":[{"a":{"b":1,"c":2,"b":3}}]}`: `has the member "b" twice`,
		`{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`: "too many levels",
		strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000): "too many levels",
	} {
		if got, err := strict.Object([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v %v, want %q", text, got, err, want)
		}
	}
}
