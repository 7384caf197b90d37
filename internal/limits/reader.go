package limits

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usher/internal/strictjson"
)

// reader reads a decoded document and collects its faults.
type reader struct{ faults []error }

func (r *reader) fault(path, detail string) {
	if path == "" {
		path = "the document"
	}
	r.faults = append(r.faults, errors.New(path+" "+detail))
}

// object is a JSON object and its path.
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
		r.fault(fmt.Sprintf("%.200q", o.at(name)), "is unknown")
	}
	return o
}

// text reads a required member of a form.
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

// oneOf reads a required member that is one of some words.
func (r *reader) oneOf(o object, name string, words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = regexp.QuoteMeta(word)
	}
	return r.text(o, name, regexp.MustCompile(`^(`+strings.Join(quoted, "|")+`)$`), fmt.Sprintf("must be one of %q", words))
}

// list reads a required member that is an array.
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

// texts reads an optional array of distinct strings; nil if it is absent.
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
			r.fault(at, "is a duplicate")
		}
		texts = append(texts, text)
	}
	return texts
}

// flag reads an optional boolean.
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

// maxDepth is more than any valid document needs.
const maxDepth = 10

// decode reads the document's JSON.
func decode(text string) (any, error) {
	value, err := strictjson.ReadExact([]byte(text), maxDepth)
	fault, ok := errors.AsType[*strictjson.Fault](err)
	if !ok {
		return value, err
	}
	switch fault.Kind {
	case strictjson.Twice:
		return nil, fmt.Errorf("%.200q is given twice, before byte %d", fault.Path, fault.Offset)
	case strictjson.Halved:
		return nil, fmt.Errorf("%.200q %s, before byte %d", fault.Path, fault.Kind, fault.Offset)
	case strictjson.Incomplete, strictjson.Broken:
		return nil, fmt.Errorf("the document is not JSON, from byte %d on", fault.Offset)
	case strictjson.MoreBehind:
		return nil, errors.New("there is text after the document")
	}
	return nil, fmt.Errorf("the document %s", fault.Kind)
}
