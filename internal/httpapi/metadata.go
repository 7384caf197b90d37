package httpapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"usher/internal/problem"
)

// ReservedAppMetadata are the names that no caller may use at the first level
// of app_metadata: "usher" is this service's own, the others the provider
// keeps to itself
// (https://auth0.com/docs/manage-users/user-accounts/metadata/metadata-fields-data).
var ReservedAppMetadata = []string{
	"usher", "__tenant", "_id", "blocked", "clientID", "created_at", "email", "email_verified", "globalClientID",
	"global_client_id", "identities", "lastIP", "lastLogin", "loginsCount", "metadata", "multifactor",
	"multifactor_last_modified", "updated_at", "user_id",
}

// maxFaults is how many faults of one object are told.
const maxFaults = 20

// CheckMetadata holds a decoded object to what the provider can keep as
// metadata, so that nothing is refused there, or changed without a word. It
// returns the object with its numbers as float64, and what is wrong: path
// stands before each name, as in "app_metadata."; reserved are names that the
// first level may not have.
func CheckMetadata(object map[string]any, path string, reserved []string) (map[string]any, []problem.Field) {
	c := &metadataCheck{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(reserved, name) {
			c.refuse(path+name, "is reserved")
		}
	}
	checked, _ := c.value(object, path).(map[string]any)
	return checked, c.wrong
}

type metadataCheck struct{ wrong []problem.Field }

func (c *metadataCheck) refuse(path, detail string) {
	if len(c.wrong) < maxFaults {
		c.wrong = append(c.wrong, MadeUp(path, detail))
	}
}

// value checks what is below path, which ends in a dot.
func (c *metadataCheck) value(v any, path string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if fault := faultOfName(name); fault != "" {
				c.refuse(path+name, fault)
			}
			out[name] = c.value(v[name], shortened(path+name)+".")
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = c.value(element, path)
		}
		return out
	case json.Number:
		value, ok := double(v)
		if !ok {
			c.refuse(strings.TrimSuffix(path, "."), "is a number that would lose digits: send it as a string")
		}
		return value
	}
	return v
}

// faultOfName knows the characters that the provider refuses in names, and the
// one name that no object of its language can simply have.
func faultOfName(name string) string {
	switch {
	case strings.ContainsAny(name, ".$"):
		return "is a name with . or $, which none may have"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "is a name with control characters"
	case name == "__proto__":
		return "is no name that can be kept"
	}
	return ""
}
