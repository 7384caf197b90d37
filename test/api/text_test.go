package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"usher/test/contract"
)

// badTexts are what no request may have in any text, as JSON escapes.
var badTexts = map[string]string{
	"U+0000":           `\u0000`,
	"half of a pair":   `\ud83d`,
	"halves, reversed": `\ude00\ud83d`,
}

// Every name and every text of every body, at any depth, is held to it.
func TestNoBodyHoldsABadText(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		if body == "" || startsJob(target) { // the texts of records are in their results
			return
		}
		var example any
		if err := json.Unmarshal([]byte(body), &example); err != nil {
			t.Fatal(err)
		}
		if object, ok := example.(map[string]any); ok && strings.Contains(op.Path, "metadata") {
			object["deep"] = map[string]any{"list": []any{"text", map[string]any{"name": "text"}}}
		}
		const mark = "MARK"
		for _, marked := range marks(example, mark) {
			text, err := json.Marshal(marked)
			if err != nil {
				t.Fatal(err)
			}
			for name, bad := range badTexts {
				sent := strings.Replace(string(text), mark, bad, 1)
				if got := s.as(t, op.Method, target, sent); got.status != 400 || got.code(t) != "invalid-request" {
					t.Errorf("%s: %s: %d %s", name, sent, got.status, got.body)
				}
			}
		}
	})
}

// marks are copies of the value with a mark in one of its names or texts each.
func marks(value any, mark string) (all []any) {
	switch v := value.(type) {
	case string:
		return []any{v + mark}
	case []any:
		for i, item := range v {
			for _, marked := range marks(item, mark) {
				with := slices.Clone(v)
				with[i] = marked
				all = append(all, with)
			}
		}
	case map[string]any:
		for name, member := range v {
			for _, marked := range marks(member, mark) {
				all = append(all, replaced(v, name, name, marked))
			}
			all = append(all, replaced(v, name, name+mark, member))
		}
	}
	return all
}

func replaced(object map[string]any, old, name string, value any) map[string]any {
	with := map[string]any{name: value}
	for n, member := range object {
		if n != old {
			with[n] = member
		}
	}
	return with
}

func TestNoParameterHoldsNull(t *testing.T) {
	eachOperation(t, func(t *testing.T, s *service, op contract.Operation, target, body string) {
		for _, bad := range []string{"%00", "a%00b"} {
			for _, name := range op.Parameters("query") {
				if name == "error_description" {
					continue // nobody reads it
				}
				if got := s.as(t, op.Method, target+"?"+name+"="+bad, body); got.status != 400 || got.code(t) != "invalid-request" {
					t.Errorf("%s=%s: %d %s", name, bad, got.status, got.body)
				}
			}
			for _, name := range op.Parameters("path") {
				bent := op.Path
				for _, other := range op.Parameters("path") {
					value := "auth0%7Cx"
					if other == name {
						value = bad
					}
					bent = strings.Replace(bent, "{"+other+"}", value, 1)
				}
				if got := s.as(t, op.Method, bent, body); got.status != 400 || got.code(t) != "invalid-request" {
					t.Errorf("%s: %d %s", bent, got.status, got.body)
				}
			}
		}
	})
}
