package authorizer

import (
	"errors"

	"usher/internal/strictjson"
)

// object is a JSON object whose members are looked up by their exact names:
// encoding/json would also take "ALG" for alg.
type object map[string]any

var (
	errNotObject = errors.New("is not a JSON object")
	errTwice     = errors.New("has a member twice")
)

// maxDepth is more than any token's claims need.
const maxDepth = 100

// readObject refuses what readers disagree about: members that stand there twice,
// at any depth, and text that is not UTF-8. Half of a surrogate pair, as in a name
// that somebody cut, is let pass: nothing that is compared here has one.
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

// text is a member that is a string.
func (o object) text(name string) (string, bool) {
	text, ok := o[name].(string)
	return text, ok
}

// texts is a member that is an array of strings, and of nothing else.
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
