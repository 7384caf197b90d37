package valid

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
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

// maxFaults bounds the reported faults of one object.
const maxFaults = 20

// Metadata holds a decoded object to what the provider can keep as metadata, and
// returns it with its numbers as float64. path stands before each name, as in
// "app_metadata."; reserved are names that the first level may not have.
func (f *Faults) Metadata(object map[string]any, path string, reserved []string) map[string]any {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(reserved, name) {
			f.refuse(path+name, "is reserved")
		}
	}
	checked, _ := f.metadata(object, path).(map[string]any)
	return checked
}

func (f *Faults) refuse(path, detail string) {
	if len(f.fields) < maxFaults {
		f.AddMadeUp(path, detail)
	}
}

// metadata checks what is below path, which ends in a dot.
func (f *Faults) metadata(v any, path string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if fault := faultOfName(name); fault != "" {
				f.refuse(path+name, fault)
			}
			out[name] = f.metadata(v[name], shortened(path+name)+".")
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = f.metadata(element, path)
		}
		return out
	case json.Number:
		value, ok := double(v)
		if !ok {
			f.refuse(strings.TrimSuffix(path, "."), "is a number that would lose digits: send it as a string")
		}
		return value
	}
	return v
}

// faultOfName refuses the characters that the provider refuses in names, and the
// property that every JavaScript object has.
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
