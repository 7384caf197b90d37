// Package search is the part of Lucene's query syntax that Auth0's user search
// documents: terms, phrases, wildcards, ranges, AND, OR, NOT, grouping,
// _exists_ and fields of any depth. Parse makes a Query, which says of a
// document (a JSON object as encoding/json decodes it) whether it matches.
package search

import (
	"fmt"
	"strings"
)

// Query is a parsed query.
type Query struct{ root node }

// Matches says whether a document is among the query's results.
func (q Query) Matches(doc map[string]any) bool { return q.root.matches(doc) }

// maxDepth bounds nesting, so that no query can exhaust the stack.
const maxDepth = 50

// Parse reads a query. An empty one matches everything.
func Parse(q string) (Query, error) {
	toks, err := lex(q)
	if err != nil {
		return Query{}, err
	}
	p := &parser{toks: toks}
	if p.peek().kind == end {
		return Query{root: all{}}, nil
	}
	n, err := p.or("", 0)
	if err != nil {
		return Query{}, err
	}
	if t := p.peek(); t.kind != end {
		return Query{}, syntaxError(t.at, "unexpected %s", describe(t))
	}
	return Query{root: n}, nil
}

type parser struct {
	toks []token
	i    int
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) take() token {
	t := p.toks[p.i]
	if t.kind != end {
		p.i++
	}
	return t
}

func (p *parser) accept(k kind, text string) bool {
	if t := p.peek(); t.kind == k && t.text == text {
		p.take()
		return true
	}
	return false
}

// or reads terms joined by OR, or by nothing, which means OR too.
func (p *parser) or(field string, depth int) (node, error) {
	if depth > maxDepth {
		return nil, syntaxError(p.peek().at, "nested too deeply")
	}
	var alternatives anyOf
	for {
		n, err := p.and(field, depth)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, n)
		if !p.accept(keyword, "OR") && !p.startsTerm() {
			break
		}
	}
	if len(alternatives) == 1 {
		return alternatives[0], nil
	}
	return alternatives, nil
}

func (p *parser) startsTerm() bool {
	t := p.peek()
	return t.kind == word || t.kind == phrase || t.kind == keyword && t.text == "NOT" ||
		t.kind == symbol && strings.Contains("(-!+[{", t.text)
}

func (p *parser) and(field string, depth int) (node, error) {
	var parts allOf
	for {
		n, err := p.not(field, depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
		if !p.accept(keyword, "AND") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) not(field string, depth int) (node, error) {
	if depth > maxDepth {
		return nil, syntaxError(p.peek().at, "nested too deeply")
	}
	if p.accept(keyword, "NOT") || p.accept(symbol, "-") || p.accept(symbol, "!") {
		n, err := p.not(field, depth+1)
		return not{n}, err
	}
	p.accept(symbol, "+") // "must be there": what every term means here
	return p.term(field, depth)
}

// term reads a group, or [FIELD:] and what the field is to match.
func (p *parser) term(field string, depth int) (node, error) {
	if p.accept(symbol, "(") {
		n, err := p.or(field, depth+1)
		if err != nil {
			return nil, err
		}
		if t := p.take(); t.kind != symbol || t.text != ")" {
			return nil, syntaxError(t.at, "expected ) and not %s", describe(t))
		}
		return n, nil
	}
	t := p.peek()
	if colon := p.toks[min(p.i+1, len(p.toks)-1)]; t.kind == word && colon.kind == symbol && colon.text == ":" {
		if field != "" {
			return nil, syntaxError(t.at, "a field inside a field's group")
		}
		p.take()
		p.take()
		return p.fieldValue(t, depth)
	}
	return p.value(field)
}

func (p *parser) fieldValue(field token, depth int) (node, error) {
	if field.text == "_exists_" {
		t := p.take()
		if t.kind != word && t.kind != phrase {
			return nil, syntaxError(t.at, "_exists_ wants a field and not %s", describe(t))
		}
		return exists{path: t.text}, nil
	}
	if t := p.peek(); t.kind == symbol && t.text == "(" {
		return p.term(field.text, depth+1)
	}
	if field.text == "*" && p.peek().text == "*" {
		p.take()
		return all{}, nil
	}
	return p.value(field.text)
}

func describe(t token) string {
	if t.kind == end {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}
