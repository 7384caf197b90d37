package authorizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// object is a JSON object whose members are looked up by their exact names:
// encoding/json would also take "ALG" for alg.
type object map[string]json.RawMessage

var (
	errNotObject = errors.New("is not a JSON object")
	errTwice     = errors.New("has a member twice")
)

// readObject refuses what readers disagree about: members that stand there twice,
// at any depth, and text that is not UTF-8.
func readObject(text []byte) (object, error) {
	if !utf8.Valid(text) || !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return nil, errNotObject
	}
	var o object
	if json.Unmarshal(text, &o) != nil {
		return nil, errNotObject
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := readOnce(dec); err != nil {
		return nil, err
	}
	return o, nil
}

// readOnce reads a value, and fails on an object with a member twice.
func readOnce(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return errNotObject
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	names := map[string]bool{}
	for dec.More() {
		if delim == '{' {
			token, err := dec.Token()
			name, ok := token.(string)
			if err != nil || !ok {
				return errNotObject
			}
			if names[name] {
				return errTwice
			}
			names[name] = true
		}
		if err := readOnce(dec); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing bracket
		return errNotObject
	}
	return nil
}

func (o object) has(name string) bool { return o[name] != nil }

// text is a member that is a string.
func (o object) text(name string) (string, bool) {
	var s string
	ok := strings.HasPrefix(string(o[name]), `"`) && json.Unmarshal(o[name], &s) == nil
	return s, ok
}

// texts is a member that is an array of strings, and of nothing else.
func (o object) texts(name string) ([]string, bool) {
	var items []json.RawMessage
	if !strings.HasPrefix(string(o[name]), "[") || json.Unmarshal(o[name], &items) != nil {
		return nil, false
	}
	all := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := object{"": item}.text("")
		if !ok {
			return nil, false
		}
		all = append(all, s)
	}
	return all, true
}
