package valid

import (
	"fmt"
	"slices"
	"strings"

	"usher/internal/problem"
)

// Rule says what is wrong with a value; "" for a valid one.
type Rule func(value string) string

// Faults collects what is wrong with the fields of a request.
type Faults struct{ fields []problem.Field }

// Add notes a fault of a field.
func (f *Faults) Add(field, detail string) {
	f.fields = append(f.fields, problem.Field{Field: field, Detail: detail})
}

// AddIf notes a fault where there is one.
func (f *Faults) AddIf(isWrong bool, field, detail string) {
	if isWrong {
		f.Add(field, detail)
	}
}

// AddMadeUp notes a fault of an input whose name the client made up. The response
// quotes at most 100 characters of the name; the log quotes none.
func (f *Faults) AddMadeUp(name, detail string) {
	f.fields = append(f.fields, problem.Field{Field: shortened(name), Detail: detail, MadeUp: true})
}

// Check holds a field to a rule. nil is a field that is absent.
func (f *Faults) Check(field string, value *string, rule Rule) {
	if value != nil {
		detail := rule(*value)
		f.AddIf(detail != "", field, detail)
	}
}

// Require is Check for a field that must be present.
func (f *Faults) Require(field string, value *string, rule Rule) {
	f.AddIf(value == nil, field, "is missing")
	f.Check(field, value, rule)
}

// Join adds the faults of another collection.
func (f *Faults) Join(other Faults) { f.fields = append(f.fields, other.fields...) }

// Err is an invalid-request problem that lists the faults; nil for none.
func (f *Faults) Err() error { return problem.InvalidFields(f.fields) }

// When is the rule that a condition holds; detail is the fault.
func When(holds func(value string) bool, detail string) Rule {
	return func(value string) string {
		if holds(value) {
			return ""
		}
		return detail
	}
}

// In is the rule for a fixed set of values; detail is the fault.
func In(allowed []string, detail string) Rule {
	return When(func(value string) bool { return slices.Contains(allowed, value) }, detail)
}

// OneOf is In for values that the fault lists.
func OneOf(allowed ...string) Rule { return In(allowed, fmt.Sprintf("must be one of %q", allowed)) }

func shortened(name string) string {
	if runes := []rune(name); len(runes) > 100 {
		return string(runes[:100]) + "…"
	}
	return strings.Clone(name)
}
