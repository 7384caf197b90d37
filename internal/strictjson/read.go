package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Read reads one value, as encoding/json reads it into an any; its numbers are
// json.Number. Objects and arrays may stand in one another to a depth of most, the
// outermost counted. It fails with *Fault.
func Read(text []byte, most int) (any, error) {
	if !utf8.Valid(text) {
		return nil, &Fault{Kind: NotUTF8}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // how large a number may be is the reader's to say
	r := reader{dec: dec, most: most}
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
	dec  *json.Decoder
	most int
}

func (r reader) value(path string, depth int) (any, error) {
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	switch {
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
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		name := token.(string) // the decoder gives nothing else here
		at := name
		if depth > 1 {
			at = path + "." + name
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
