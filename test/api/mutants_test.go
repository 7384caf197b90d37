package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// place is where a value stands in a JSON document: names of members and numbers of elements. No
// steps are the document itself.
type place []any

// String is the place for people: users[1].identities[0].user_id.
func (p place) String() string { return p.text(func(i int) string { return fmt.Sprintf("[%d]", i) }) }

// general is the place without numbers: users[].identities[].user_id.
func (p place) general() string { return p.text(func(int) string { return "[]" }) }

func (p place) text(element func(int) string) string {
	var b strings.Builder
	for i, step := range p {
		switch step := step.(type) {
		case int:
			b.WriteString(element(step))
		case string:
			if i > 0 {
				b.WriteString(".")
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// substitute is what a value is replaced by: JSON, or nothing at all.
type substitute struct{ name, json string }

// mutated is the text that stands for any. A mutation makes it one that nothing else has: then the checks
// of every test find it in a log, or where it does not belong.
const mutated = "mutated-text"

// levels of nesting are more than encoding/json reads.
const levels = 20_000

var substitutes = []substitute{
	{"null", `null`}, {"true", `true`}, {"7", `7`}, {"3.5", `3.5`}, {"1e300", `1e300`},
	{"text", `"` + mutated + `"`}, {"empty text", `""`}, {"a list", `["` + mutated + `"]`}, {"an object", `{"a":"` + mutated + `"}`},
	{"deep nesting", strings.Repeat("[", levels) + strings.Repeat("]", levels)}, {"nothing", ``},
}

// places are all places in a document. Of long lists they are those in the first, a middle and the last element.
func places(doc any) []place {
	out := []place{{}}
	below := func(step, value any) {
		for _, p := range places(value) {
			out = append(out, append(place{step}, p...))
		}
	}
	switch doc := doc.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(doc)) {
			below(name, doc[name])
		}
	case []any:
		for i, value := range doc {
			if i == 0 || i == len(doc)/2 || i == len(doc)-1 {
				below(i, value)
			}
		}
	}
	return out
}

// stand is for a substitute in a document, until the document is text.
const stand = "stands-for-the-substitute"

// mutate replaces what stands at a place. It says whether anything stood there.
func mutate(body []byte, at place, by substitute) ([]byte, bool) {
	doc, err := decoded(body)
	if err != nil {
		return body, false
	}
	doc, ok := replacedAt(doc, at, by.json == "")
	if !ok {
		return body, false
	}
	if len(at) == 0 && by.json == "" {
		return nil, true
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return body, false
	}
	return bytes.Replace(text, []byte(`"`+stand+`"`), []byte(by.json), 1), true
}

// unique is a substitute whose text stands in no other mutation.
func (s substitute) unique(n int64) substitute {
	s.json = strings.ReplaceAll(s.json, mutated, fmt.Sprintf("%s-%d", mutated, n))
	return s
}

func replacedAt(doc any, at place, remove bool) (any, bool) {
	if len(at) == 0 {
		return stand, true
	}
	switch step := at[0].(type) {
	case string:
		object, _ := doc.(map[string]any)
		value, ok := object[step]
		if !ok {
			return doc, false
		}
		if len(at) == 1 && remove {
			delete(object, step)
			return doc, true
		}
		object[step], ok = replacedAt(value, at[1:], remove)
		return doc, ok
	case int:
		list, _ := doc.([]any)
		if step >= len(list) {
			return doc, false
		}
		if len(at) == 1 && remove {
			return slices.Delete(list, step, step+1), true
		}
		var ok bool
		list[step], ok = replacedAt(list[step], at[1:], remove)
		return doc, ok
	}
	return doc, false
}

// decoded keeps numbers as they are.
func decoded(body []byte) (doc any, err error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	err = dec.Decode(&doc)
	return doc, err
}
