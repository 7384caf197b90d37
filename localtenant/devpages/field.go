package devpages

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Kind is how a field looks, and which JSON it stands for.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Area     Kind = "area"     // a text of several lines
	Number   Kind = "number"   // a number
	Duration Kind = "duration" // a text such as "250ms"
	Time     Kind = "time"     // a text in the format of RFC 3339
	Check    Kind = "check"    // true or false
	Choice   Kind = "choice"   // one of the options
	Choices  Kind = "choices"  // a list of some of the options
	Lines    Kind = "lines"    // a list with an element for each line
	Headers  Kind = "headers"  // an object of lists, from lines such as "Retry-After: 5"
	JSON     Kind = "json"     // any JSON
)

// Option is a value that can be chosen.
type Option struct{ Value, Label string }

// Field is an input of a form, and a member of the JSON for which the form stands.
type Field struct {
	Name     string // "a.b" is the member b of the object a
	Label    string
	Hint     string
	Kind     Kind
	Options  []Option
	Optional bool // an empty one is left out of the JSON
}

// Form is a form as a page shows it.
type Form struct {
	Name, Action string
	Title, Text  string
	Button       string
	Danger       bool
	Inputs       []Input
	Problem      string // why it was refused; "" for none
}

// Input is a field with what is in it.
type Input struct {
	Field
	ID        string
	Values    []string
	Invalid   bool
	ProblemID string // of the form's problem
}

// Value is the input's only value.
func (i Input) Value() string {
	if len(i.Values) == 0 {
		return ""
	}
	return i.Values[0]
}

// Has reports whether an option is chosen.
func (i Input) Has(value string) bool { return slices.Contains(i.Values, value) }

// Shown are the options, with one for a value that is none of them.
func (i Input) Shown() []Option {
	known := func(o Option) bool { return o.Value == i.Value() }
	if i.Optional || len(i.Values) == 0 || slices.ContainsFunc(i.Options, known) {
		return i.Options
	}
	return append(slices.Clone(i.Options), Option{i.Value(), i.Value()})
}

// DescribedBy are the IDs of what describes the input.
func (i Input) DescribedBy() string {
	var ids []string
	if i.Hint != "" {
		ids = append(ids, i.ID+"-hint")
	}
	if i.Invalid {
		ids = append(ids, i.ProblemID)
	}
	return strings.Join(ids, " ")
}

// Fill gives a form its inputs, with values, and the problem with them, which may be nil.
func (f *Form) Fill(fields []Field, values url.Values, problem error) {
	wrong := ""
	if problem != nil {
		f.Problem = problem.Error()
	}
	if bad, ok := errors.AsType[*FieldError](problem); ok {
		wrong = bad.Name
	}
	for _, field := range fields {
		f.Inputs = append(f.Inputs, Input{
			Field: field, ID: f.Name + "-" + strings.ReplaceAll(field.Name, ".", "-"), Values: values[field.Name],
			Invalid: wrong == field.Name, ProblemID: f.Name + "-problem",
		})
	}
}
