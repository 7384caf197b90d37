package limits

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// reader reads a decoded document, and gathers what is wrong with it.
type reader struct{ faults []error }

func (r *reader) fault(path, detail string) {
	if path == "" {
		path = "the document"
	}
	r.faults = append(r.faults, errors.New(path+" "+detail))
}

// object is a JSON object, and where it stands.
type object struct {
	path    string
	members map[string]any
}

func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (r *reader) object(path string, value any, known ...string) object {
	members, ok := value.(map[string]any)
	if !ok {
		r.fault(path, "must be an object")
	}
	o := object{path: path, members: members}
	var unknown []string
	for name := range members {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		r.fault(fmt.Sprintf("%.200q", o.at(name)), "is not known here")
	}
	return o
}

// text is a member that has to be there.
func (r *reader) text(o object, name string, form *regexp.Regexp, detail string) string {
	value, there := o.members[name]
	text, ok := value.(string)
	switch {
	case !there && o.members != nil:
		r.fault(o.at(name), "is missing")
	case there && (!ok || !form.MatchString(text)):
		r.fault(o.at(name), detail)
		return ""
	}
	return text
}

// oneOf is a member that has to be there, and is one of these words.
func (r *reader) oneOf(o object, name string, words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = regexp.QuoteMeta(word)
	}
	return r.text(o, name, regexp.MustCompile(`^(`+strings.Join(quoted, "|")+`)$`), fmt.Sprintf("must be one of %q", words))
}

// list is a member that has to be there.
func (r *reader) list(o object, name string) []any {
	value, there := o.members[name]
	all, ok := value.([]any)
	switch {
	case !there && o.members != nil:
		r.fault(o.at(name), "is missing")
	case there && !ok:
		r.fault(o.at(name), "must be an array")
	}
	return all
}

// texts is a list of strings, of which none stands twice; nil where it is left
// out.
func (r *reader) texts(o object, name string) []string {
	if _, there := o.members[name]; !there {
		return nil
	}
	texts := []string{}
	for i, value := range r.list(o, name) {
		text, ok := value.(string)
		switch at := fmt.Sprintf("%s[%d]", o.at(name), i); {
		case !ok:
			r.fault(at, "must be a string")
		case slices.Contains(texts, text):
			r.fault(at, "stands there twice")
		}
		texts = append(texts, text)
	}
	return texts
}

// flag is a member that may be left out.
func (r *reader) flag(o object, name string, otherwise bool) bool {
	value, there := o.members[name]
	if !there {
		return otherwise
	}
	set, ok := value.(bool)
	if !ok {
		r.fault(o.at(name), "must be true or false")
	}
	return set
}

// decode reads one JSON value, in which no name may stand twice in an object:
// encoding/json would take the last one without a word.
func decode(text string) (any, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("the document is not UTF-8")
	}
	dec := json.NewDecoder(strings.NewReader(text))
	value, err := decodeValue(dec, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind the document")
	}
	return value, nil
}

// maxDepth is more than any document needs.
const maxDepth = 10

func decodeValue(dec *json.Decoder, path string, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("the document is not JSON, from byte %d on", dec.InputOffset())
	}
	if depth > maxDepth {
		return nil, errors.New("the document is nested too deeply")
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(dec, path, depth)
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			value, err := decodeValue(dec, path, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, closing(dec)
	}
	return token, nil
}

func decodeObject(dec *json.Decoder, path string, depth int) (any, error) {
	members := map[string]any{}
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, fmt.Errorf("the document is not JSON, from byte %d on", dec.InputOffset())
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("%.200q is given twice, before byte %d", path+name, dec.InputOffset())
		}
		if members[name], err = decodeValue(dec, path+name+".", depth+1); err != nil {
			return nil, err
		}
	}
	return members, closing(dec)
}

func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("the document is not JSON, from byte %d on", dec.InputOffset())
	}
	return nil
}
