package search_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"usher/localtenant/search"
)

// naive is a query in both forms: its text, and what it means, told plainly.
type naive struct {
	text  string
	means func(doc map[string]any) bool
}

// randomQuery makes a query of some depth. Everything is in parentheses, so that
// precedence is not what is tested here; TestMatches does that.
func randomQuery(r *rand.Rand, depth int) naive {
	if depth == 0 {
		return randomTerm(r)
	}
	a, b := randomQuery(r, depth-1), randomQuery(r, depth-1)
	switch r.IntN(4) {
	case 0:
		return naive{"(" + a.text + " AND " + b.text + ")", func(d map[string]any) bool { return a.means(d) && b.means(d) }}
	case 1:
		return naive{"(" + a.text + " OR " + b.text + ")", func(d map[string]any) bool { return a.means(d) || b.means(d) }}
	case 2:
		return naive{"(" + a.text + " " + b.text + ")", func(d map[string]any) bool { return a.means(d) || b.means(d) }}
	}
	return naive{"(NOT " + a.text + ")", func(d map[string]any) bool { return !a.means(d) }}
}

func randomWord(r *rand.Rand) string {
	words := []string{"ab", "abc", "abd", "b c", `q"t`, `s\l`, "a*b", "x:y", "AND"}
	return words[r.IntN(len(words))]
}

func randomTerm(r *rand.Rand) naive {
	field := []string{"username", "app_metadata.k", "identities.connection"}[r.IntN(3)]
	word := randomWord(r)
	has := func(fits func(string) bool) func(map[string]any) bool {
		return func(d map[string]any) bool { return fits(plainValue(d, field)) }
	}
	switch r.IntN(5) {
	case 0:
		return naive{fmt.Sprintf(`%s:"%s"`, field, quote(word)), has(func(v string) bool { return v == word })}
	case 1:
		return naive{field + ":" + escaped(word), has(func(v string) bool { return v == word })}
	case 2:
		return naive{field + ":" + escaped(word) + "*", has(func(v string) bool { return strings.HasPrefix(v, word) })}
	case 3:
		other := randomWord(r)
		return naive{fmt.Sprintf(`%s:["%s" TO "%s"}`, field, quote(word), quote(other)), has(func(v string) bool { return v != "" && v >= word && v < other })}
	}
	return naive{"_exists_:" + field, has(func(v string) bool { return v != "" })}
}

func plainValue(d map[string]any, field string) string {
	switch field {
	case "username":
		s, _ := d["username"].(string)
		return s
	case "app_metadata.k":
		m, _ := d["app_metadata"].(map[string]any)
		s, _ := m["k"].(string)
		return s
	}
	list, _ := d["identities"].([]any)
	for _, item := range list {
		s, _ := item.(map[string]any)["connection"].(string)
		return s
	}
	return ""
}

func quote(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }

func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte('\\')
		b.WriteRune(r)
	}
	return b.String()
}

func randomDocument(r *rand.Rand) map[string]any {
	doc := map[string]any{}
	if r.IntN(4) > 0 {
		doc["username"] = randomWord(r)
	}
	if r.IntN(4) > 0 {
		doc["app_metadata"] = map[string]any{"k": randomWord(r)}
	}
	if r.IntN(4) > 0 {
		doc["identities"] = []any{map[string]any{"connection": randomWord(r)}}
	}
	return doc
}

// TestAgainstNaiveMatcher holds random queries to their plain meaning.
func TestAgainstNaiveMatcher(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		q := randomQuery(r, r.IntN(4))
		parsed, err := search.Parse(q.text)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, q.text, err)
		}
		for range 5 {
			doc := randomDocument(r)
			if got, want := parsed.Matches(doc), q.means(doc); got != want {
				t.Fatalf("seed %d: %s of %v: %v, want %v", seed, q.text, doc, got, want)
			}
		}
	}
}
