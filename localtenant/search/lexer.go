package search

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	end     kind = iota
	word         // a bare term; wildcards live in it
	phrase       // "…"
	symbol       // one of ( ) : [ ] { } + - ! > < >= <=
	keyword      // AND OR NOT TO && ||
)

// token is a piece of a query. Text has its escapes resolved; pattern keeps
// them apart from real wildcards.
type token struct {
	kind    kind
	text    string
	pattern []glyph
	at      int
	spaced  bool // space before it
}

// glyph is one character of a term: itself, or a wildcard.
type glyph struct {
	r    rune
	wild bool
}

// A SyntaxError says where a query cannot be read.
type SyntaxError struct {
	At  int
	Why string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("position %d: %s", e.At, e.Why) }

func syntaxError(at int, format string, args ...any) error {
	return &SyntaxError{At: at, Why: fmt.Sprintf(format, args...)}
}

func lex(q string) ([]token, error) {
	if !utf8.ValidString(q) {
		return nil, syntaxError(0, "not UTF-8")
	}
	var out []token
	for i, spaced := 0, false; ; {
		for r, n := utf8.DecodeRuneInString(q[i:]); n > 0 && unicode.IsSpace(r); r, n = utf8.DecodeRuneInString(q[i:]) {
			i, spaced = i+n, true
		}
		if i == len(q) {
			return append(out, token{kind: end, at: i, spaced: spaced}), nil
		}
		tok, n, err := next(q, i)
		if err != nil {
			return nil, err
		}
		tok.at, tok.spaced = i, spaced
		out = append(out, tok)
		i, spaced = i+n, false
	}
}

// next reads the token at i, which is no space, and says how long it is.
func next(q string, i int) (token, int, error) {
	rest := q[i:]
	switch c := rest[0]; {
	case c == '"':
		return lexPhrase(q, i)
	case strings.HasPrefix(rest, "&&"), strings.HasPrefix(rest, "||"):
		return token{kind: keyword, text: map[byte]string{'&': "AND", '|': "OR"}[c]}, 2, nil
	case strings.HasPrefix(rest, ">="), strings.HasPrefix(rest, "<="):
		return token{kind: symbol, text: rest[:2]}, 2, nil
	case strings.ContainsRune("():[]{}+-!><", rune(c)):
		return token{kind: symbol, text: rest[:1]}, 1, nil
	case c == '/' || c == '^' || c == '~':
		return token{}, 0, syntaxError(i, "unexpected %q; escape it with a backslash", c)
	}
	return lexWord(q, i)
}

func lexPhrase(q string, i int) (token, int, error) {
	var text strings.Builder
	for j := i + 1; j < len(q); j++ {
		switch q[j] {
		case '\\':
			if j++; j == len(q) {
				return token{}, 0, syntaxError(j, "a backslash at the end")
			}
			text.WriteByte(q[j])
		case '"':
			return token{kind: phrase, text: text.String()}, j + 1 - i, nil
		default:
			text.WriteByte(q[j])
		}
	}
	return token{}, 0, syntaxError(i, "a phrase without its closing quote")
}

func lexWord(q string, i int) (token, int, error) {
	tok := token{kind: word}
	j, escaped := i, false
	for j < len(q) {
		r, n := utf8.DecodeRuneInString(q[j:])
		if r == '\\' {
			if j+n == len(q) {
				return token{}, 0, syntaxError(j, "a backslash at the end")
			}
			j, escaped = j+n, true
			r, n = utf8.DecodeRuneInString(q[j:])
			tok.pattern = append(tok.pattern, glyph{r: r})
		} else if unicode.IsSpace(r) || strings.ContainsRune(`():[]{}"^~`, r) {
			break
		} else {
			tok.pattern = append(tok.pattern, glyph{r: r, wild: r == '*' || r == '?'})
		}
		j += n
	}
	tok.text = string(runes(tok.pattern))
	if !escaped && (tok.text == "AND" || tok.text == "OR" || tok.text == "NOT" || tok.text == "TO") {
		tok.kind = keyword
	}
	return tok, j - i, nil
}

func runes(p []glyph) []rune {
	out := make([]rune, len(p))
	for i, g := range p {
		out[i] = g.r
	}
	return out
}

func (t token) wild() bool {
	return slices.ContainsFunc(t.pattern, func(g glyph) bool { return g.wild })
}
