package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// lines yields the records of NDJSON. Usher checks what is in them.
func (f *File) lines(yield func(Record) bool) {
	line := 0
	for text := range bytes.Lines(f.text) {
		line++
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		if !yield(f.parseLine(line, text)) {
			return
		}
	}
}

func (f *File) parseLine(line int, text []byte) Record {
	if len(text) >= MaxPartBytes {
		return Record{Line: line, Fault: tooLarge}
	}
	members, fault := membersOf(text)
	r := Record{Line: line, JSON: text, Fault: fault}
	kept := members[:0:0]
	for _, m := range members {
		if m.name == ProblemName {
			continue
		}
		kept, r.names = append(kept, m), append(r.names, m.name)
		if known, ok := f.kind.find(m.name); !(ok && known.Name == m.name) && !f.kind.hasOuter(m.name) {
			r.Fault = f.unknown("member", m.name)
		}
	}
	if len(kept) < len(members) {
		r.JSON = objectOf(kept)
	}
	return r
}

// namedValue is a member of a JSON object.
type namedValue struct {
	name  string
	value json.RawMessage
}

// membersOf returns the members of an object in their order, or what is wrong with the line. encoding/json
// would keep the last one of duplicate members.
func membersOf(line []byte) (members []namedValue, fault string) {
	const noObject = "The line is not one JSON object."
	d := json.NewDecoder(bytes.NewReader(line))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, noObject
	}
	for d.More() {
		var m namedValue
		token, err := d.Token()
		if err == nil {
			err = d.Decode(&m.value)
		}
		if m.name, _ = token.(string); err != nil {
			return nil, noObject
		}
		if slices.ContainsFunc(members, func(other namedValue) bool { return other.name == m.name }) {
			return nil, fmt.Sprintf("The line has the member %.100q twice.", m.name)
		}
		if members = append(members, m); len(members) > maxMembers {
			return nil, fmt.Sprintf("The line has more than %d members.", maxMembers)
		}
	}
	_, unclosed := d.Token()
	if _, err := d.Token(); unclosed != nil || !errors.Is(err, io.EOF) {
		return nil, noObject
	}
	return members, ""
}

func objectOf(members []namedValue) []byte {
	text := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, encode(m.name)...), ':'), m.value...)
	}
	return append(text, '}')
}

// encode encodes without the escapes for HTML. The values come from JSON or are texts.
func encode(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return []byte("null")
	}
	return bytes.TrimSpace(out.Bytes())
}

func isAddress(value any, address string) bool {
	text, ok := value.(string)
	return ok && address != "" && strings.EqualFold(text, address)
}

const (
	hidden   = "(hidden)"
	maxShown = 600
)

// shown returns a record for the preview: bounded, and without secrets.
func (f *File) shown(r Record) string {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(r.JSON))
	decoder.UseNumber()
	_ = decoder.Decode(&members) // it is an object
	for _, m := range f.kind.Members {
		if m.Secret {
			hide(members, strings.Split(m.Name, "."))
		}
	}
	text := []rune(string(encode(members)))
	if len(text) > maxShown {
		return string(text[:maxShown]) + "…"
	}
	return string(text)
}

func hide(members map[string]any, path []string) {
	for len(path) > 1 {
		inner, ok := members[path[0]].(map[string]any)
		if !ok {
			return
		}
		members, path = inner, path[1:]
	}
	if _, there := members[path[0]]; there {
		members[path[0]] = hidden
	}
}
