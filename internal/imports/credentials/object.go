package credentials

import (
	"encoding/json"
	"maps"
	"slices"

	"usher/internal/valid"
)

// object is an object of a record, which is decoded with json.Number. Its methods add faults, with the
// object's path. Each returns a zero value for a faulty member.
type object struct {
	faults  *valid.Faults
	path    string
	members map[string]any
	isValid bool // it is an object
}

func (o object) at(name string) string { return o.path + "." + name }

func (o object) has(name string) bool {
	_, ok := o.members[name]
	return ok
}

// only refuses all members but these.
func (o object) only(names ...string) {
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		if !slices.Contains(names, name) {
			o.faults.AddMadeUp(o.at(name), "unknown field")
		}
	}
}

// refuse refuses members that mean nothing here.
func (o object) refuse(detail string, names ...string) {
	for _, name := range names {
		o.faults.AddIf(o.has(name), o.at(name), detail)
	}
}

// text returns a text that follows a rule.
func (o object) text(name string, rule valid.Rule) (value string, ok bool) {
	v, exists := o.members[name]
	value, isText := v.(string)
	detail := ""
	switch {
	case !exists:
		detail = "is missing"
	case !isText:
		detail = "must be a string"
	default:
		detail = rule(value)
	}
	o.faults.AddIf(detail != "", o.at(name), detail)
	return value, detail == ""
}

// choice is text for an optional member with a set of values. It returns fallback if the member is absent.
func (o object) choice(name, fallback string, allowed ...string) (value string, ok bool) {
	if !o.has(name) {
		return fallback, true
	}
	return o.text(name, valid.OneOf(allowed...))
}

// object returns a member that is an object. An absent one is faulty if it is required.
func (o object) object(name string, required bool) object {
	v, exists := o.members[name]
	members, ok := v.(map[string]any)
	switch {
	case !exists:
		o.faults.AddIf(required, o.at(name), "is missing")
	case !ok:
		o.faults.Add(o.at(name), "must be an object")
	}
	return object{o.faults, o.at(name), members, ok}
}

// number returns a whole number that follows a rule.
func (o object) number(name string, fallback int64, detail string, rule func(int64) bool) (value int64, ok bool) {
	if !o.has(name) {
		return fallback, true
	}
	number, _ := o.members[name].(json.Number)
	value, err := valid.Whole(number).Int64()
	ok = err == nil && rule(value)
	o.faults.AddIf(!ok, o.at(name), detail)
	return value, ok
}
