package authorizer

import (
	"errors"

	"usher/internal/strictjson"
)

// object is a JSON object with case-sensitive member names. encoding/json would also accept
// "ALG" for alg.
type object map[string]any

var (
	errNotObject = errors.New("is not a JSON object")
	errTwice     = errors.New("has a member twice")
)

// maxDepth is more than any token's claims need.
const maxDepth = 100

// readObject parses an object. It rejects input that parsers treat differently: duplicate
// members at any depth, and invalid UTF-8. It accepts unpaired surrogates, as in truncated
// names, which no compared value has.
func readObject(text []byte) (object, error) {
	value, err := strictjson.Read(text, maxDepth)
	if fault, ok := errors.AsType[*strictjson.Fault](err); ok && fault.Kind == strictjson.Twice {
		return nil, errTwice
	}
	members, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil, errNotObject
	}
	return members, nil
}

func (o object) has(name string) bool {
	_, there := o[name]
	return there
}

// text returns a member that is a string.
func (o object) text(name string) (string, bool) {
	text, ok := o[name].(string)
	return text, ok
}

// texts returns a member that is an array of only strings.
func (o object) texts(name string) ([]string, bool) {
	items, ok := o[name].([]any)
	if !ok {
		return nil, false
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if texts[i], ok = item.(string); !ok {
			return nil, false
		}
	}
	return texts, true
}
