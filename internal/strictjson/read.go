package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Read reads one value as encoding/json decodes it into an any, with numbers as
// json.Number. most is the largest nesting depth of objects and arrays, including the
// outermost one. An unpaired surrogate becomes U+FFFD. It fails with *Fault.
func Read(text []byte, most int) (any, error) { return read(text, most, false) }

// ReadExact is Read for text that is stored. It refuses unpaired surrogates, so that the
// stored text equals the sent text and no two texts become one.
func ReadExact(text []byte, most int) (any, error) { return read(text, most, true) }

func read(text []byte, most int, exact bool) (any, error) {
	if !utf8.Valid(text) {
		return nil, &Fault{Kind: NotUTF8}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // the caller decides how large a number may be
	r := reader{dec: dec, text: text, most: most, exact: exact}
	value, err := r.value("", 0)
	if err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return value, nil
}

type reader struct {
	dec   *json.Decoder
	text  []byte // the input of dec
	most  int
	exact bool
}

func (r reader) value(path string, depth int) (any, error) {
	start := r.dec.InputOffset()
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	switch {
	case !ok && r.isHalved(start):
		return nil, &Fault{Kind: Halved, Path: path, Offset: r.dec.InputOffset()}
	case !ok:
		return token, nil
	case depth == r.most:
		return nil, &Fault{Kind: TooDeep, Path: path, Offset: r.dec.InputOffset()}
	case delim == '{':
		return r.object(path, depth+1)
	}
	return r.array(path, depth+1)
}

func (r reader) object(path string, depth int) (any, error) {
	members := map[string]any{}
	for r.dec.More() {
		start := r.dec.InputOffset()
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		name := token.(string) // the decoder returns only strings here
		at := name
		if depth > 1 {
			at = path + "." + name
		}
		if r.isHalved(start) {
			return nil, &Fault{Kind: Halved, Path: at, Offset: r.dec.InputOffset()}
		}
		if _, twice := members[name]; twice {
			return nil, &Fault{Kind: Twice, Path: at, Offset: r.dec.InputOffset()}
		}
		if members[name], err = r.value(at, depth); err != nil {
			return nil, err
		}
	}
	_, err := r.token() // the closing bracket
	return members, err
}

func (r reader) array(path string, depth int) (any, error) {
	items := []any{}
	for r.dec.More() {
		item, err := r.value(path, depth)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := r.token() // the closing bracket
	return items, err
}

func (r reader) token() (json.Token, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, r.fault(err)
	}
	return token, nil
}

func (r reader) end() error {
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return &Fault{Kind: MoreBehind, Offset: r.dec.InputOffset()}
	}
	return nil
}

func (r reader) fault(err error) *Fault {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Fault{Kind: Incomplete, Offset: r.dec.InputOffset()}
	}
	return &Fault{Kind: Broken, Offset: r.dec.InputOffset()}
}
