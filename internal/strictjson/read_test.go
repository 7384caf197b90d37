package strictjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"usher/internal/strictjson"
)

const most = 3

func TestRead(t *testing.T) {
	tests := map[string]struct {
		text string
		want any
	}{
		"null":                      {` null `, nil},
		"text":                      {`"a\u00e9"`, "aé"},
		"a number":                  {`12345678901234567890.10`, json.Number("12345678901234567890.10")},
		"an empty object":           {`{}`, map[string]any{}},
		"an empty array":            {`[]`, []any{}},
		"names that differ in case": {`{"a":1,"A":2}`, map[string]any{"a": json.Number("1"), "A": json.Number("2")}},
		"one name in two objects":   {`{"a":{"b":true},"b":[false]}`, map[string]any{"a": map[string]any{"b": true}, "b": []any{false}}},
		"the largest depth":         {`[{"a":[1]}]`, []any{map[string]any{"a": []any{json.Number("1")}}}},
		"an empty name":             {`{"":{"":1}}`, map[string]any{"": map[string]any{"": json.Number("1")}}},
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
		"empty":                        {"", strictjson.Fault{Kind: strictjson.Incomplete}},
		"only space":                   {" \n", strictjson.Fault{Kind: strictjson.Incomplete}},
		"an open array":                {`{"a":[`, strictjson.Fault{Kind: strictjson.Incomplete, Offset: 6}},
		"an open string":               {`"a`, strictjson.Fault{Kind: strictjson.Incomplete}},
		"an open object":               {`{"a":1`, strictjson.Fault{Kind: strictjson.Incomplete, Offset: 6}},
		"no value":                     {`{"a":}`, strictjson.Fault{Kind: strictjson.Broken, Offset: 5}},
		"a trailing comma":             {`[1,]`, strictjson.Fault{Kind: strictjson.Broken, Offset: 3}},
		"a wrong bracket":              {`[1}`, strictjson.Fault{Kind: strictjson.Broken, Offset: 2}},
		"a number as a name":           {`{1:2}`, strictjson.Fault{Kind: strictjson.Broken, Offset: 1}},
		"a byte order mark":            {"\xef\xbb\xbf{}", strictjson.Fault{Kind: strictjson.Broken}},
		"not UTF-8":                    {"{\"a\":\"\xff\"}", strictjson.Fault{Kind: strictjson.NotUTF8}},
		"two values":                   {`{}{}`, strictjson.Fault{Kind: strictjson.MoreBehind, Offset: 3}},
		"text after the value":         {`1 x`, strictjson.Fault{Kind: strictjson.MoreBehind, Offset: 2}},
		"a duplicate name":             {`{"a":1,"a":1}`, strictjson.Fault{Kind: strictjson.Twice, Path: "a", Offset: 10}},
		"a duplicate name, escaped":    {`{"a":1,"\u0061":1}`, strictjson.Fault{Kind: strictjson.Twice, Path: "a", Offset: 15}},
		"a duplicate empty name":       {`{"":1,"":1}`, strictjson.Fault{Kind: strictjson.Twice, Path: "", Offset: 8}},
		"a nested duplicate name":      {`{"a":[{"b":1,"b":2}]}`, strictjson.Fault{Kind: strictjson.Twice, Path: "a.b", Offset: 16}},
		"a duplicate name in an array": {`[{"b":1,"b":2}]`, strictjson.Fault{Kind: strictjson.Twice, Path: ".b", Offset: 11}},
		"too deep":                     {`{"a":[[{}]]}`, strictjson.Fault{Kind: strictjson.TooDeep, Path: "a", Offset: 8}},
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
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "duplicate") {
		t.Errorf("the error is %v", err)
	}
}

func TestReadExactRefusesUnpairedSurrogates(t *testing.T) {
	tests := map[string]struct {
		text   string
		path   string
		offset int64
	}{
		"a high surrogate":                 {`{"a":"\ud83d"}`, "a", 13},
		"a low surrogate":                  {`{"a":"\ude00"}`, "a", 13},
		"in upper case":                    {`{"a":"\uD83D"}`, "a", 13},
		"reversed":                         {`{"a":"\ude00\ud83d"}`, "a", 19},
		"two high surrogates":              {`{"a":"\ud83d\ud83d\ude00"}`, "a", 25},
		"a pair and a low surrogate":       {`{"a":"\ud83d\ude00\ude00"}`, "a", 25},
		"text between":                     {`{"a":"\ud83d \ude00"}`, "a", 20},
		"an escape between":                {`{"a":"\ud83d\n\ude00"}`, "a", 21},
		"another escape after it":          {`{"a":"\ud83d\u0041"}`, "a", 19},
		"after an escaped backslash":       {`{"a":"\\\ud83d"}`, "a", 15},
		"an escaped backslash between":     {`{"a":"\ud83d\\ude00"}`, "a", 20},
		"beside a U+FFFD":                  {`{"a":"\ufffd�\ud83d"}`, "a", 22},
		"a name":                           {`{"\ud83d":1}`, "�", 9},
		"a nested name":                    {`{"a":[{"b\udfff":1}]}`, "a.b�", 16},
		"names that become equal":          {`{"\ud800":1,"\ud801":2}`, "�", 9},
		"a nested value":                   {`{"a":{"b":["x",{"c":"\udbff"}]}}`, "a.b.c", 28},
		"the second item of an array":      {`["a","\udc00"]`, "", 13},
		"the whole text":                   {`"\ud83d"`, "", 8},
		"spaces and punctuation before it": {"{ \"a\" \n:\t\"\\ud83d\" }", "a", 17},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			value, err := strictjson.ReadExact([]byte(tt.text), 9)
			fault := (*strictjson.Fault)(nil)
			if !errors.As(err, &fault) || value != nil {
				t.Fatalf("read as %v, %v", value, err)
			}
			if diff := cmp.Diff(strictjson.Fault{Kind: strictjson.Halved, Path: tt.path, Offset: tt.offset}, *fault); diff != "" {
				t.Error(diff)
			}
			if _, err := strictjson.Read([]byte(tt.text), 9); err != nil && name != "names that become equal" {
				t.Errorf("Read refuses it: %v", err)
			}
		})
	}
}

// units are UTF-16 code units: surrogates, their neighbours, and characters of the escape sequences.
var units = []uint16{0xd800, 0xd83d, 0xdbff, 0xdc00, 0xde00, 0xdfff, 0xfffd, 'u', 'd', '8', '\\', '"', '\n', 'é'}

// ReadExact accepts exactly the well-formed UTF-16 texts, in every spelling.
func TestReadExactAgainstUTF16(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var text []uint16
		for range rnd.IntN(6) {
			text = append(text, units[rnd.IntN(len(units))])
		}
		want := utf16.Decode(text)
		wellFormed := slices.Equal(utf16.Encode(want), text)
		quoted := written(rnd, text)
		for _, document := range []string{quoted, `{"a":[` + quoted + `]}`, `{` + quoted + `:0}`} {
			got, err := strictjson.ReadExact([]byte(document), most)
			if fault := (*strictjson.Fault)(nil); wellFormed != (err == nil) || errors.As(err, &fault) && fault.Kind != strictjson.Halved {
				t.Fatalf("%s: %v; well-formed: %v", document, err, wellFormed)
			}
			if err == nil && document == quoted && got != string(want) {
				t.Fatalf("%s is read as %q", document, got)
			}
		}
	}
}

// written returns the text as a JSON string with random escapes.
func written(rnd *rand.Rand, text []uint16) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(text); i++ {
		pair := utf16.Decode(text[i:min(i+2, len(text))])
		switch c := text[i]; {
		case len(pair) == 1 && i+1 < len(text) && rnd.IntN(2) == 0:
			b.WriteRune(pair[0])
			i++
		case utf16.IsSurrogate(rune(c)) || rnd.IntN(2) == 0:
			fmt.Fprintf(&b, []string{`\u%04x`, `\u%04X`}[rnd.IntN(2)], c)
		case strings.ContainsRune("\\\"\n", rune(c)):
			quoted, _ := json.Marshal(string(rune(c)))
			b.Write(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String() + `"`
}

var (
	pair = regexp.MustCompile(`\\u[dD][89abAB]..\\u[dD][c-fC-F]..`)
	half = regexp.MustCompile(`\\u[dD][89a-fA-F]`)
)

// FuzzReadExact compares ReadExact with Read and with regular expressions over the text.
func FuzzReadExact(f *testing.F) {
	for _, seed := range []string{`"\ud800"`, `[1,{"a":"\udc00"}]`, `{"\ud83d\ude00":"\\ud800"}`, `["\ud83d\ud83d\ude00"]`, `"\ud8`, `{"a":1} "\ud800"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, err := strictjson.Read(text, most)
		got, exactErr := strictjson.ReadExact(text, most)
		fault := (*strictjson.Fault)(nil)
		if err != nil {
			if exactErr == nil {
				t.Errorf("%q: Read refuses it: %v", text, err)
			}
			return
		}
		rest := pair.ReplaceAllString(strings.ReplaceAll(string(text), `\\`, "_"), "_")
		if halved := errors.As(exactErr, &fault) && fault.Kind == strictjson.Halved; halved != half.MatchString(rest) {
			t.Errorf("%q: %v", text, exactErr)
		}
		if diff := cmp.Diff(want, got); exactErr == nil && diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

// Read returns what encoding/json decodes, and refuses what encoding/json refuses.
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
