package strictjson

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Members reads an object whose members stand for themselves: one that is there
// twice spoils itself and no other. It returns the values by their exact names, as
// encoding/json reads them into an any, numbers as json.Number, and the names that
// are there more than once, which are not among them. Objects within the members
// are not looked into. It fails with *Fault.
func Members(text []byte) (members map[string]any, twice map[string]bool, err error) {
	if !utf8.Valid(text) {
		return nil, nil, &Fault{Kind: NotUTF8}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	r := reader{dec: dec}
	switch opening, err := r.token(); {
	case err != nil:
		return nil, nil, err
	case opening != json.Delim('{'):
		return nil, nil, &Fault{Kind: NotObject, Offset: dec.InputOffset()}
	}
	members, twice = map[string]any{}, map[string]bool{}
	for dec.More() {
		token, err := r.token()
		if err != nil {
			return nil, nil, err
		}
		name := token.(string) // the decoder gives nothing else here
		if _, there := members[name]; there {
			twice[name] = true
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, nil, r.fault(err)
		}
		members[name] = value
	}
	if _, err := r.token(); err != nil { // the closing bracket
		return nil, nil, err
	}
	if err := r.end(); err != nil {
		return nil, nil, err
	}
	for name := range twice {
		delete(members, name)
	}
	return members, twice, nil
}
