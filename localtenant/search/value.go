package search

// value reads what a field is to match: a term, a phrase or a range.
func (p *parser) value(field string) (node, error) {
	t := p.take()
	switch t.kind {
	case phrase:
		return match{field: field, text: t.text}, nil
	case word:
		if !t.wild() {
			return match{field: field, text: t.text}, nil
		}
		return wildcard(field, t)
	case symbol:
		switch t.text {
		case "[", "{":
			return p.interval(field, t)
		case ">", ">=", "<", "<=":
			return p.comparison(field, t)
		}
	}
	return nil, syntaxError(t.at, "expected a term and not %s", describe(t))
}

func wildcard(field string, t token) (node, error) {
	if len(t.pattern) == 1 && t.text == "*" {
		if field == "" {
			return all{}, nil
		}
		return exists{path: field}, nil
	}
	if t.pattern[0].wild && literals(t.pattern) < 3 {
		return nil, syntaxError(t.at, "a leading wildcard needs at least three characters after it")
	}
	return match{field: field, pattern: t.pattern}, nil
}

func literals(p []glyph) int {
	n := 0
	for _, g := range p {
		if !g.wild {
			n++
		}
	}
	return n
}

// interval reads [a TO b], {a TO b} and the mixtures of the two.
func (p *parser) interval(field string, open token) (node, error) {
	if field == "" {
		return nil, syntaxError(open.at, "a range without a field")
	}
	low, err := p.bound()
	if err != nil {
		return nil, err
	}
	if t := p.take(); t.kind != keyword || t.text != "TO" {
		return nil, syntaxError(t.at, "expected TO and not %s", describe(t))
	}
	high, err := p.bound()
	if err != nil {
		return nil, err
	}
	closing := p.take()
	if closing.kind != symbol || (closing.text != "]" && closing.text != "}") {
		return nil, syntaxError(closing.at, "expected ] or } and not %s", describe(closing))
	}
	low.inclusive, high.inclusive = open.text == "[", closing.text == "]"
	return between{field: field, low: low, high: high}, nil
}

// bound reads one end of a range. A time has colons in it and an offset, which
// come as tokens of their own: what stands without space between it is one.
func (p *parser) bound() (bound, error) {
	t := p.take()
	if t.kind == phrase {
		return bound{text: t.text}, nil
	}
	negative := t.kind == symbol && t.text == "-"
	if negative {
		t = p.take()
	}
	if t.kind != word {
		return bound{}, syntaxError(t.at, "expected an end of the range and not %s", describe(t))
	}
	text := t.text
	if negative {
		text = "-" + text
	}
	for next := p.peek(); !next.spaced; next = p.peek() {
		isPart := next.kind == word || (next.kind == symbol && (next.text == ":" || next.text == "+" || next.text == "-"))
		if !isPart {
			break
		}
		text += p.take().text
	}
	return bound{text: text, open: text == "*"}, nil
}

func (p *parser) comparison(field string, op token) (node, error) {
	if field == "" {
		return nil, syntaxError(op.at, "a comparison without a field")
	}
	b, err := p.bound()
	if err != nil {
		return nil, err
	}
	b.inclusive = len(op.text) == 2
	r := between{field: field, low: bound{open: true}, high: bound{open: true}}
	if op.text[0] == '>' {
		r.low = b
	} else {
		r.high = b
	}
	return r, nil
}
