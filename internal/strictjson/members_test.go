package strictjson_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/strictjson"
)

func TestMembers(t *testing.T) {
	tests := map[string]struct {
		text    string
		members map[string]any
		twice   []string
	}{
		"none":                      {` {} `, map[string]any{}, nil},
		"of all kinds":              {`{"a":"\u00e9","b":1.50,"c":null,"d":[true],"e":{"f":{}}}`, map[string]any{"a": "é", "b": json.Number("1.50"), "c": nil, "d": []any{true}, "e": map[string]any{"f": map[string]any{}}}, nil},
		"names that differ in case": {`{"a":1,"A":2}`, map[string]any{"a": json.Number("1"), "A": json.Number("2")}, nil},
		"a duplicate":               {`{"a":1,"b":2,"a":1}`, map[string]any{"b": json.Number("2")}, []string{"a"}},
		"three of one name":         {`{"a":1,"a":{},"a":null}`, map[string]any{}, []string{"a"}},
		"a duplicate, escaped":      {`{"sub":1,"\u0073ub":2}`, map[string]any{}, []string{"sub"}},
		"a duplicate, null":         {`{"a":null,"a":null}`, map[string]any{}, []string{"a"}},
		"a nested duplicate":        {`{"a":{"b":1,"b":2}}`, map[string]any{"a": map[string]any{"b": json.Number("2")}}, nil},
		"an empty name":             {`{"":1}`, map[string]any{"": json.Number("1")}, nil},
		"an unpaired surrogate":     {`{"a":"\ud83d"}`, map[string]any{"a": "\uFFFD"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			members, twice, err := strictjson.Members([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.members, members); diff != "" {
				t.Error(diff)
			}
			if got := slices.Sorted(maps.Keys(twice)); !slices.Equal(got, tt.twice) {
				t.Errorf("the duplicates are %q", got)
			}
		})
	}
}

func TestMembersRefuses(t *testing.T) {
	tests := map[string]struct {
		text string
		kind strictjson.Kind
	}{
		"empty":              {"", strictjson.Incomplete},
		"half a name":        {`{"a`, strictjson.Incomplete},
		"half a value":       {`{"a":[`, strictjson.Incomplete},
		"an open object":     {`{"a":1`, strictjson.Incomplete},
		"no value":           {`{"a":}`, strictjson.Broken},
		"a trailing comma":   {`{"a":1,}`, strictjson.Broken},
		"a number as a name": {`{1:2}`, strictjson.Broken},
		"a broken value":     {`{"a":nul}`, strictjson.Broken},
		"a byte order mark":  {"\xef\xbb\xbf{}", strictjson.Broken},
		"not UTF-8":          {"{\"a\":\"\xff\"}", strictjson.NotUTF8},
		"a list":             {`[{}]`, strictjson.NotObject},
		"text":               {`"a"`, strictjson.NotObject},
		"null":               {`null`, strictjson.NotObject},
		"two objects":        {`{}{}`, strictjson.MoreBehind},
		"text after it":      {`{} x`, strictjson.MoreBehind},
		"a NUL after it":     {"{}\x00", strictjson.MoreBehind},
		"nested too deeply":  {`{"a":` + strings.Repeat("[", 1e5) + strings.Repeat("]", 1e5) + `}`, strictjson.Broken},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			members, twice, err := strictjson.Members([]byte(tt.text))
			if fault := (*strictjson.Fault)(nil); !errors.As(err, &fault) || fault.Kind != tt.kind || members != nil || twice != nil {
				t.Errorf("read as %v, %v, %v", members, twice, err)
			}
		})
	}
}

// Members accepts what Read accepts, returns the same values, and accepts only JSON.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1,"a":2}`, `{"a":{"b":1,"b":2}}`, `{"a":"\ud800"}`, `{"a":[[[[1]]]]}`, "{\"\xff\":1}", `{} x`, `[]`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		members, twice, err := strictjson.Members(text)
		if err == nil && !json.Valid(text) {
			t.Fatalf("%q was read", text)
		}
		value, strict := strictjson.Read(text, 100)
		object, ok := value.(map[string]any)
		if strict != nil || !ok {
			return
		}
		if err != nil || len(twice) > 0 {
			t.Fatalf("%q: twice %v, %v", text, twice, err)
		}
		if diff := cmp.Diff(object, members); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}
