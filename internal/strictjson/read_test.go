package strictjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/strictjson"
)

const most = 3

func TestRead(t *testing.T) {
	tests := map[string]struct {
		text string
		want any
	}{
		"nothing":            {` null `, nil},
		"text":               {`"a\u00e9"`, "aé"},
		"a number":           {`12345678901234567890.10`, json.Number("12345678901234567890.10")},
		"an empty object":    {`{}`, map[string]any{}},
		"an empty array":     {`[]`, []any{}},
		"names cased apart":  {`{"a":1,"A":2}`, map[string]any{"a": json.Number("1"), "A": json.Number("2")}},
		"names apart":        {`{"a":{"b":true},"b":[false]}`, map[string]any{"a": map[string]any{"b": true}, "b": []any{false}}},
		"as deep as allowed": {`[{"a":[1]}]`, []any{map[string]any{"a": []any{json.Number("1")}}}},
		"a name of nothing":  {`{"":{"":1}}`, map[string]any{"": map[string]any{"": json.Number("1")}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := strictjson.Read([]byte(tt.text), most)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct {
		text string
		want strictjson.Fault
	}{
		"nothing":           {"", strictjson.Fault{Kind: strictjson.Incomplete}},
		"space":             {" \n", strictjson.Fault{Kind: strictjson.Incomplete}},
		"half a value":      {`{"a":[`, strictjson.Fault{Kind: strictjson.Incomplete, Offset: 6}},
		"half a text":       {`"a`, strictjson.Fault{Kind: strictjson.Incomplete}},
		"no closing":        {`{"a":1`, strictjson.Fault{Kind: strictjson.Incomplete, Offset: 6}},
		"no value":          {`{"a":}`, strictjson.Fault{Kind: strictjson.Broken, Offset: 5}},
		"a comma too many":  {`[1,]`, strictjson.Fault{Kind: strictjson.Broken, Offset: 3}},
		"another bracket":   {`[1}`, strictjson.Fault{Kind: strictjson.Broken, Offset: 2}},
		"a name as number":  {`{1:2}`, strictjson.Fault{Kind: strictjson.Broken, Offset: 1}},
		"a byte order mark": {"\xef\xbb\xbf{}", strictjson.Fault{Kind: strictjson.Broken}},
		"not UTF-8":         {"{\"a\":\"\xff\"}", strictjson.Fault{Kind: strictjson.NotUTF8}},
		"two values":        {`{}{}`, strictjson.Fault{Kind: strictjson.MoreBehind, Offset: 3}},
		"words behind":      {`1 x`, strictjson.Fault{Kind: strictjson.MoreBehind, Offset: 2}},
		"twice":             {`{"a":1,"a":1}`, strictjson.Fault{Kind: strictjson.Twice, Path: "a", Offset: 10}},
		"twice, escaped":    {`{"a":1,"\u0061":1}`, strictjson.Fault{Kind: strictjson.Twice, Path: "a", Offset: 15}},
		"twice, of nothing": {`{"":1,"":1}`, strictjson.Fault{Kind: strictjson.Twice, Path: "", Offset: 8}},
		"twice, below":      {`{"a":[{"b":1,"b":2}]}`, strictjson.Fault{Kind: strictjson.Twice, Path: "a.b", Offset: 16}},
		"twice, in a list":  {`[{"b":1,"b":2}]`, strictjson.Fault{Kind: strictjson.Twice, Path: ".b", Offset: 11}},
		"too deep":          {`{"a":[[{}]]}`, strictjson.Fault{Kind: strictjson.TooDeep, Path: "a", Offset: 8}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			value, err := strictjson.Read([]byte(tt.text), most)
			fault := (*strictjson.Fault)(nil)
			if !errors.As(err, &fault) || value != nil {
				t.Fatalf("read as %v, %v", value, err)
			}
			if diff := cmp.Diff(tt.want, *fault); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFaultDoesNotQuoteTheText(t *testing.T) {
	_, err := strictjson.Read([]byte(`{"hunter2":1,"hunter2":1}`), most)
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "twice") {
		t.Errorf("it says: %v", err)
	}
}

// What is read is what encoding/json reads; and what encoding/json refuses is
// refused.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{}`, `[1,{"a":"\ud800"}]`, `{"a":1,"a":2}`, `{"a":{"b":1e999}}`, "\xff", `{} x`, `[[[[]]]]`, `nul`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := strictjson.Read(text, most)
		if err != nil {
			return
		}
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("%q was read: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}
