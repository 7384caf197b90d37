package search

import (
	"slices"
	"strconv"
	"strings"
)

// node is a part of a query.
type node interface{ matches(doc map[string]any) bool }

type (
	all    struct{}
	anyOf  []node
	allOf  []node
	not    struct{ node }
	exists struct{ path string }

	// match is a term or a phrase; with a pattern it is a wildcard.
	match struct {
		field   string
		text    string
		pattern []glyph
	}
)

func (all) matches(map[string]any) bool { return true }

func (n anyOf) matches(doc map[string]any) bool {
	return slices.ContainsFunc(n, func(m node) bool { return m.matches(doc) })
}

func (n allOf) matches(doc map[string]any) bool {
	return !slices.ContainsFunc(n, func(m node) bool { return !m.matches(doc) })
}

func (n not) matches(doc map[string]any) bool { return !n.node.matches(doc) }

func (n exists) matches(doc map[string]any) bool { return len(Values(doc, n.path)) > 0 }

// plainFields are what a term without a field is looked for in; metadata is not
// among them.
var plainFields = []string{
	"email", "name", "nickname", "given_name", "family_name", "username", "phone_number", "user_id",
}

func (n match) matches(doc map[string]any) bool {
	if n.field == "" {
		return slices.ContainsFunc(plainFields, func(f string) bool {
			return match{field: f, text: n.text, pattern: n.pattern}.matches(doc)
		})
	}
	// Auth0 offers no wildcards on user_metadata.
	if n.pattern != nil && strings.HasPrefix(n.field, "user_metadata") {
		return false
	}
	return slices.ContainsFunc(Values(doc, n.field), func(v any) bool { return n.equals(v) })
}

func (n match) equals(v any) bool {
	fold := folds(n.field)
	switch v := v.(type) {
	case string:
		if n.pattern != nil {
			return glob(n.pattern, []rune(v), fold)
		}
		if isTime(n.field) {
			exactly := bound{text: n.text, inclusive: true}
			return between{field: n.field, low: exactly, high: exactly}.holds(v)
		}
		return v == n.text || (fold && sameText(v, n.text))
	case bool:
		return n.pattern == nil && strconv.FormatBool(v) == n.text
	case float64:
		f, err := strconv.ParseFloat(n.text, 64)
		return n.pattern == nil && err == nil && f == v
	}
	return false
}

// folds says whether a field is searched without regard to case.
func folds(field string) bool {
	return slices.Contains([]string{"email", "name", "given_name", "family_name", "nickname", "email.domain"}, field)
}

func isTime(field string) bool {
	return slices.Contains([]string{"created_at", "updated_at", "last_login", "last_password_reset"}, field)
}

// glob matches by the usual two-pointer walk: on a mismatch the last * takes one
// character more, so no pattern is exponential.
func glob(pattern []glyph, s []rune, fold bool) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i].wild && pattern[i].r == '*':
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i].wild || sameRune(pattern[i].r, s[j], fold)):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i].wild && pattern[i].r == '*' {
		i++
	}
	return i == len(pattern)
}

// sameText is loose, as an index may be that maps İ and the Kelvin sign to ASCII, like
// Lucene's lower-case filter: who asks has to look at what is found.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.ToLower(a), strings.ToLower(b))
}

func sameRune(a, b rune, fold bool) bool {
	return a == b || (fold && strings.EqualFold(string(a), string(b)))
}
