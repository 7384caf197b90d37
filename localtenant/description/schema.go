package description

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Schema is the part of JSON Schema that the description uses in requests.
type Schema struct {
	Ref                  string             `json:"$ref"`
	Type                 Texts              `json:"type"`
	Enum                 []any              `json:"enum"`
	OneOf                []*Schema          `json:"oneOf"`
	Format               string             `json:"format"`
	Pattern              string             `json:"pattern"`
	MinLength            *int               `json:"minLength"`
	MaxLength            *int               `json:"maxLength"`
	Minimum              *float64           `json:"minimum"`
	Maximum              *float64           `json:"maximum"`
	Items                *Schema            `json:"items"`
	MinItems             *int               `json:"minItems"`
	MaxItems             *int               `json:"maxItems"`
	Properties           map[string]*Schema `json:"properties"`
	Required             []string           `json:"required"`
	MinProperties        *int               `json:"minProperties"`
	MaxProperties        *int               `json:"maxProperties"`
	AdditionalProperties any                `json:"additionalProperties"`
}

// Texts is a list of texts. In JSON, a list of one may be only the text.
type Texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Texts) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*t = Texts{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*t = many
	return err
}

// A Violation is the first thing that is wrong with a value.
type Violation struct {
	Code     string // as the validator names it, and jobs show it
	Message  string // as Auth0's validator words it
	Property string // where, dotted; "" is the value itself
}

// Error implements error.
func (v *Violation) Error() string {
	if v.Property == "" {
		return "'" + v.Message + "'."
	}
	return "'" + v.Message + "' on property " + v.Property + "."
}

func (a *API) resolve(s *Schema) *Schema {
	for s != nil && s.Ref != "" {
		s = a.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	return s
}

// withoutRefs resolves nothing, but keeps the patterns that it has compiled.
var withoutRefs = &API{}

// Check says what is wrong with v, a value as encoding/json decodes it, at a property. The schema
// has no references.
func (s *Schema) Check(v any, at string) *Violation { return withoutRefs.check(s, v, at) }

// check says what is wrong with v, a value as encoding/json decodes it.
func (a *API) check(s *Schema, v any, at string) *Violation {
	s = a.resolve(s)
	if s == nil {
		return nil
	}
	fail := func(code, format string, args ...any) *Violation {
		return &Violation{Code: code, Message: fmt.Sprintf(format, args...), Property: at}
	}
	if len(s.OneOf) > 0 {
		if !slices.ContainsFunc(s.OneOf, func(o *Schema) bool { return a.check(o, v, at) == nil }) {
			return fail("ONE_OF_MISSING", "None of the valid schemas were met")
		}
		return nil
	}
	found := typeOf(v)
	if len(s.Type) > 0 && !slices.Contains(s.Type, found) && (found != "integer" || !slices.Contains(s.Type, "number")) {
		return fail("INVALID_TYPE", "Expected type %s but found type %s", strings.Join(s.Type, ","), found)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return fail("ENUM_MISMATCH", "No enum match for: %v", v)
	}
	switch v := v.(type) {
	case string:
		return a.checkString(s, v, fail)
	case float64:
		if s.Minimum != nil && v < *s.Minimum {
			return fail("MINIMUM", "Value %v is less than minimum %v", v, *s.Minimum)
		}
		if s.Maximum != nil && v > *s.Maximum {
			return fail("MAXIMUM", "Value %v is greater than maximum %v", v, *s.Maximum)
		}
	case []any:
		if s.MinItems != nil && len(v) < *s.MinItems {
			return fail("ARRAY_LENGTH_SHORT", "Array is too short (%d), minimum %d", len(v), *s.MinItems)
		}
		if s.MaxItems != nil && len(v) > *s.MaxItems {
			return fail("ARRAY_LENGTH_LONG", "Array is too long (%d), maximum %d", len(v), *s.MaxItems)
		}
		for i, item := range v {
			if bad := a.check(s.Items, item, fmt.Sprintf("%s[%d]", at, i)); bad != nil {
				return bad
			}
		}
	case map[string]any:
		return a.checkObject(s, v, at, fail)
	}
	return nil
}

func (a *API) checkString(s *Schema, v string, fail func(code, format string, args ...any) *Violation) *Violation {
	n := utf8.RuneCountInString(v)
	switch {
	case s.MinLength != nil && n < *s.MinLength:
		return fail("MIN_LENGTH", "String is too short (%d chars), minimum %d", n, *s.MinLength)
	case s.MaxLength != nil && n > *s.MaxLength:
		return fail("MAX_LENGTH", "String is too long (%d chars), maximum %d", n, *s.MaxLength)
	case s.Pattern != "" && !a.regexp(s.Pattern).MatchString(v):
		return fail("PATTERN", "String does not match pattern %s: %s", s.Pattern, v)
	case !a.validFormat(s.Format, v):
		return fail("INVALID_FORMAT", "Object didn't pass validation for format %s: %s", s.Format, v)
	}
	return nil
}

func (a *API) checkObject(s *Schema, v map[string]any, at string, fail func(code, format string, args ...any) *Violation) *Violation {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fail("OBJECT_REQUIRED", "Missing required property: %s", name)
		}
	}
	if s.MinProperties != nil && len(v) < *s.MinProperties {
		return fail("OBJECT_PROPERTIES_MINIMUM", "Too few properties defined (%d), minimum %d", len(v), *s.MinProperties)
	}
	if s.MaxProperties != nil && len(v) > *s.MaxProperties {
		return fail("OBJECT_PROPERTIES_MAXIMUM", "Too many properties defined (%d), maximum %d", len(v), *s.MaxProperties)
	}
	names := slices.Sorted(maps.Keys(v)) // the same request gets the same message every time
	extra := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return s.Properties[name] != nil })
	if s.AdditionalProperties == false && len(extra) > 0 {
		return fail("OBJECT_ADDITIONAL_PROPERTIES", "Additional properties not allowed: %s", strings.Join(extra, ","))
	}
	for _, name := range names {
		path := name
		if at != "" {
			path = at + "." + name
		}
		if bad := a.check(s.Properties[name], v[name], path); bad != nil {
			return bad
		}
	}
	return nil
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
