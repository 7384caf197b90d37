// Package strict refuses JSON that readers understand in different ways.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// maxDepth bounds the nesting. Documents for people have a few levels.
const maxDepth = 100

// Object reads one JSON object without duplicate members at any level, of which encoding/json
// would keep the last. Numbers keep their digits. The error continues a sentence whose subject is
// the text, such as "is not JSON".
func Object(text []byte) (map[string]any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := read(decoder, 0)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, fmt.Errorf("is not JSON: %w", syntax)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("is not one JSON object: its end is missing")
	}
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if _, err := decoder.Token(); !ok || !errors.Is(err, io.EOF) {
		return nil, errors.New("is not one JSON object")
	}
	return object, nil
}

func read(decoder *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("has too many levels")
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readObject(decoder, depth)
	case json.Delim('['):
		return readList(decoder, depth)
	}
	return token, nil
}

func readObject(decoder *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string) // the decoder returns nothing else here
		if _, there := object[name]; there {
			return nil, fmt.Errorf("has the member %q twice", name)
		}
		if object[name], err = read(decoder, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := decoder.Token() // the closing bracket
	return object, err
}

func readList(decoder *json.Decoder, depth int) (any, error) {
	list := []any{}
	for decoder.More() {
		item, err := read(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	_, err := decoder.Token() // the closing bracket
	return slices.Clip(list), err
}
