package valid

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// ReservedAppMetadata lists the forbidden names at the first level of app_metadata: "usher"
// for this service, the others for the provider
// (https://auth0.com/docs/manage-users/user-accounts/metadata/metadata-fields-data).
var ReservedAppMetadata = []string{
	"usher", "__tenant", "_id", "blocked", "clientID", "created_at", "email", "email_verified", "globalClientID",
	"global_client_id", "identities", "lastIP", "lastLogin", "loginsCount", "metadata", "multifactor",
	"multifactor_last_modified", "updated_at", "user_id",
}

// maxFaults is the maximum number of reported faults of one object.
const maxFaults = 20

// Metadata checks whether the provider can store a decoded object as metadata, and returns
// it with numbers as float64. path is the prefix of each name, such as "app_metadata.".
// reserved lists the forbidden names at the first level.
func (f *Faults) Metadata(object map[string]any, path string, reserved []string) map[string]any {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(reserved, name) {
			f.refuse(path+name, "is reserved")
		}
	}
	checked, _ := f.metadata(object, path).(map[string]any)
	return checked
}

// NewMetadata is Metadata for an object that is not a patch. It also rejects nulls at the first
// level, which the provider treats as removals.
func (f *Faults) NewMetadata(object map[string]any, path string, reserved []string) map[string]any {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if object[name] == nil {
			f.refuse(path+name, "cannot be null: leave it out")
		}
	}
	return f.Metadata(object, path, reserved)
}

func (f *Faults) refuse(path, detail string) {
	if len(f.fields) < maxFaults {
		f.AddMadeUp(path, detail)
	}
}

// metadata checks the value at path, which ends in a dot.
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

// faultOfName rejects names that the provider rejects, control characters, and __proto__,
// which JavaScript objects cannot store.
func faultOfName(name string) string {
	switch {
	case strings.ContainsAny(name, ".$"):
		return "is a name with . or $, which are not allowed"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "is a name with control characters"
	case name == "__proto__":
		return "is not allowed as a name"
	}
	return ""
}
