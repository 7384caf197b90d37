package strictjson

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Members reads an object and checks each member separately: a duplicate name invalidates
// only that member. It returns the other values by their exact names, decoded as
// encoding/json decodes into an any, with numbers as json.Number. twice holds the duplicate
// names. Nested objects are not checked for duplicates. It fails with *Fault.
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
		name := token.(string) // the decoder returns only strings here
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
