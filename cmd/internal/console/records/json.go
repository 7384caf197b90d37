package records

import (
	"bytes"
	"encoding/json"
	"maps"
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
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil {
		return Record{Line: line, Fault: "The line is not one JSON object."}
	}
	r := Record{Line: line, JSON: text}
	if _, had := members[ProblemName]; had {
		delete(members, ProblemName)
		r.JSON = encode(members)
	}
	r.names = slices.Sorted(maps.Keys(members))
	for _, name := range r.names {
		if m, _ := f.kind.find(name); m.Name != name && !f.kind.hasOuter(name) {
			r.Fault = f.unknown("member", name)
		}
	}
	return r
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
