package valid

import (
	"fmt"
	"slices"
	"strings"

	"usher/internal/problem"
)

// Rule returns the fault of a value; "" if the value is valid.
type Rule func(value string) string

// Faults collects the faults of a request's fields.
type Faults struct{ fields []problem.Field }

// Add adds a fault of a field.
func (f *Faults) Add(field, detail string) {
	f.fields = append(f.fields, problem.Field{Field: field, Detail: detail})
}

// AddIf adds a fault if isFault is true.
func (f *Faults) AddIf(isFault bool, field, detail string) {
	if isFault {
		f.Add(field, detail)
	}
}

// AddMadeUp adds a fault of an input whose name the client controls. The response quotes at
// most 100 characters of the name. The log omits it.
func (f *Faults) AddMadeUp(name, detail string) {
	f.fields = append(f.fields, problem.Field{Field: shortened(name), Detail: detail, MadeUp: true})
}

// Check checks a field by a rule. A nil value is absent and valid.
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

// With returns these faults together with those of an invalid-request problem. Any other error comes
// before them.
func (f *Faults) With(err error) error {
	switch {
	case err == nil:
	case !problem.Is(err, problem.InvalidRequest):
		return err
	default:
		f.fields = append(f.fields, problem.From(err).Fields...)
	}
	return f.Err()
}

// Err returns an invalid-request problem that lists the faults; nil if there are none.
func (f *Faults) Err() error { return problem.InvalidFields(f.fields) }

// When returns a rule with the fault detail for values for which holds is false.
func When(holds func(value string) bool, detail string) Rule {
	return func(value string) string {
		if holds(value) {
			return ""
		}
		return detail
	}
}

// In returns the rule for a set of allowed values, with the fault detail.
func In(allowed []string, detail string) Rule {
	return When(func(value string) bool { return slices.Contains(allowed, value) }, detail)
}

// OneOf is like In, with a fault that lists the allowed values.
func OneOf(allowed ...string) Rule { return In(allowed, fmt.Sprintf("must be one of %q", allowed)) }

func shortened(name string) string {
	if runes := []rune(name); len(runes) > 100 {
		return string(runes[:100]) + "…"
	}
	return strings.Clone(name)
}
