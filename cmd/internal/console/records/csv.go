package records

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ProblemName is the column or member with the problem in a file of failed lines. An upload ignores it.
const ProblemName = "problem"

// The bounds of a header, and of the members in a line of NDJSON. Each one is compared with all others,
// and each dot in a column's name is a level of JSON.
const (
	maxMembers = 500
	maxName    = 500 // bytes
)

// jsonSuffix ends the name of a column whose cells are JSON.
const jsonSuffix = ":json"

// column is a column of a CSV file.
type column struct {
	name string   // in the header
	path []string // nil for a column that is ignored
	kind Type
}

func (f *File) reader() *csv.Reader {
	r := csv.NewReader(bytes.NewReader(f.text))
	r.Comma, r.FieldsPerRecord = f.comma, -1
	return r
}

// withLineBreaks doubles the carriage return of each line break within quotation marks: encoding/csv removes one.
func withLineBreaks(text []byte) []byte {
	kept, from, quoted := []byte(nil), 0, false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted // a doubled mark does it twice
		case quoted && c == '\n' && i > 0 && text[i-1] == '\r':
			kept = append(append(kept, text[from:i]...), '\r')
			from = i
		}
	}
	if from == 0 {
		return text
	}
	return append(kept, text[from:]...)
}

// separatorOf returns what separates the fields: semicolons if the header has some outside of quotation marks
// and no commas. Spreadsheet programs write them in many countries.
func separatorOf(text []byte) rune {
	found, quoted := ',', false
	for _, c := range bytes.TrimSpace(text) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			return ','
		case c == ';':
			found = ';'
		case c == '\n':
			return found
		}
	}
	return found
}

// readHeader reads the names of the columns.
func (f *File) readHeader() error {
	f.text, f.comma = withLineBreaks(f.text), separatorOf(f.text)
	names, err := f.reader().Read()
	if err != nil {
		return faultOf(err)
	}
	if len(names) > maxMembers {
		return &Fault{1, fmt.Sprintf("There are %d columns. A file may have %d.", len(names), maxMembers)}
	}
	seen := map[string]bool{}
	for i, name := range names {
		c, fault := f.column(unescape(strings.TrimSpace(name)), i)
		if fault != "" {
			return &Fault{1, fault}
		}
		at := strings.Join(c.path, ".")
		if c.path == nil {
			at = c.name
		}
		for other := range seen {
			if other == at || strings.HasPrefix(other, at+".") || strings.HasPrefix(at, other+".") {
				return &Fault{1, fmt.Sprintf("The columns %q and %q give the same member.", other, at)}
			}
		}
		seen[at] = true
		f.columns = append(f.columns, c)
	}
	return nil
}

// column returns the column with a name, or what is wrong with the name.
func (f *File) column(name string, i int) (c column, fault string) {
	if name == "" {
		return c, fmt.Sprintf("Column %d has no name. The names are %s", i+1, f.known())
	}
	if len(name) > maxName {
		return c, fmt.Sprintf("The name of column %d has more than %d bytes.", i+1, maxName)
	}
	if name == ProblemName {
		return column{name: name}, ""
	}
	plain, isJSON := strings.CutSuffix(name, jsonSuffix)
	m, ok := f.kind.find(plain)
	isPart := m.Name != plain // metadata.plan
	switch {
	case !ok || strings.Contains("."+plain+".", ".."):
		return c, f.unknown("column", name)
	case !isJSON && !isPart && m.Type >= Object:
		return c, fmt.Sprintf("The cells of %s are JSON, so its name must be %s%s.", name, name, jsonSuffix)
	}
	c = column{name: name, path: strings.Split(plain, "."), kind: m.Type}
	switch {
	case isJSON:
		c.kind = JSON
	case isPart:
		c.kind = Text
	}
	return c, ""
}

func (f *File) unknown(what, name string) string {
	return fmt.Sprintf("The %s %.100q is unknown. The names are %s", what, name, f.known())
}

func (f *File) known() string { return strings.Join(f.kind.Columns(), ", ") + "." }

// rows yields the records of CSV.
func (f *File) rows(yield func(Record) bool) {
	r := f.reader()
	_, _ = r.Read() // the header was read before
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			fault := faultOf(err)
			yield(Record{Line: fault.Line, Fault: fault.Text})
			return
		}
		if strings.Join(row, "") == "" {
			continue
		}
		line, _ := r.FieldPos(0)
		if !yield(f.parseRow(line, row)) {
			return
		}
	}
}

// parseRow makes a record of a row. An empty cell leaves its member out.
func (f *File) parseRow(line int, row []string) Record {
	r := Record{Line: line, row: row}
	if len(row) != len(f.columns) {
		r.Fault = fmt.Sprintf("There are %d fields, but the first line has %d.", len(row), len(f.columns))
		return r
	}
	members := map[string]any{}
	for i, c := range f.columns {
		cell := unescape(row[i])
		row[i] = cell
		if cell == "" || c.path == nil {
			continue
		}
		value, ok := c.value(cell)
		if !ok {
			r.Fault = c.name + map[Type]string{Bool: " must be true or false.", JSON: " is not JSON."}[c.kind]
			return r
		}
		put(members, c.path, value)
		r.names = append(r.names, strings.Join(c.path, "."))
	}
	if r.JSON = encode(members); len(r.JSON) >= MaxPartBytes {
		r.Fault = tooLarge
	}
	return r
}

// value returns the value that a cell gives; false if it gives none.
func (c column) value(cell string) (any, bool) {
	switch c.kind {
	case Bool:
		text := strings.ToLower(strings.TrimSpace(cell)) // spreadsheet programs write TRUE
		return text == "true", text == "true" || text == "false"
	case JSON:
		return json.RawMessage(cell), json.Valid([]byte(cell))
	}
	return cell, true
}

// put sets a member at a path. The header has no column for both a member and its content.
func put(members map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := members[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			members[name] = inner
		}
		members = inner
	}
	members[path[len(path)-1]] = value
}

// faultOf puts an error of encoding/csv into words.
func faultOf(err error) *Fault {
	found, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return &Fault{Text: "The file could not be read as CSV."}
	}
	text := "The line is not CSV."
	switch {
	case errors.Is(err, csv.ErrQuote):
		text = `A quotation mark is missing or not doubled. A field that contains " must be in quotation marks, with "" for each.`
	case errors.Is(err, csv.ErrBareQuote):
		text = `A field contains a quotation mark. It must be in quotation marks itself, with "" for each of them.`
	}
	return &Fault{found.StartLine, text}
}
