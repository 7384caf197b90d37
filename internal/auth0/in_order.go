package auth0

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// inOrder returns the object with its members sorted by name, at every level, and without spaces
// between them. Every text is written in one way, however the provider has escaped it.
func inOrder(object json.RawMessage) json.RawMessage {
	return appendInOrder(make([]byte, 0, len(object)), gjson.ParseBytes(object))
}

type namedValue struct{ name, value gjson.Result }

func appendInOrder(b []byte, v gjson.Result) []byte {
	switch {
	case v.IsObject():
		var buffer [16]namedValue
		members := buffer[:0]
		v.ForEach(func(name, value gjson.Result) bool {
			members = append(members, namedValue{name, value})
			return true
		})
		slices.SortStableFunc(members, func(a, b namedValue) int { return cmp.Compare(a.name.Str, b.name.Str) })
		b = append(b, '{')
		for i, m := range members {
			if i+1 < len(members) && members[i+1].name.Str == m.name.Str {
				continue // of the same names the last one counts, as for encoding/json
			}
			b = appendText(b, m.name)
			b = appendInOrder(append(b, ':'), m.value)
			b = append(b, ',')
		}
		return closed(b, '}')
	case v.IsArray():
		b = append(b, '[')
		v.ForEach(func(_, value gjson.Result) bool {
			b = append(appendInOrder(b, value), ',')
			return true
		})
		return closed(b, ']')
	case v.Type == gjson.String:
		return appendText(b, v)
	}
	return append(b, v.Raw...)
}

// closed replaces a comma at the end.
func closed(b []byte, end byte) []byte {
	if b[len(b)-1] == ',' {
		b[len(b)-1] = end
		return b
	}
	return append(b, end)
}

func appendText(b []byte, text gjson.Result) []byte {
	if !strings.ContainsAny(text.Raw, "\\\u2028\u2029") {
		return append(b, text.Raw...)
	}
	encoded, err := encodedText(text.Str)
	if err != nil {
		return append(b, text.Raw...)
	}
	return append(b, encoded...)
}

func encodedText(text string) ([]byte, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(text)
	return []byte(strings.TrimSpace(out.String())), err
}
