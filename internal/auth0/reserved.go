package auth0

import (
	"encoding/json"
	"maps"

	"github.com/tidwall/gjson"

	"usher/internal/problem"
)

// reservedMetadata is the service's own member of a user's app_metadata. The service has no store,
// and keeps its data about a user there. No response contains it, and no caller may set or remove it.
//
// Code that writes app_metadata must not send an empty object, which would remove this member as well.
const reservedMetadata = "usher"

// reserved is the service's data about a user, under reservedMetadata.
type reserved struct {
	Request string `json:"request,omitempty"` // the fingerprint of the request that created the user
	Mailed  bool   `json:"mailed,omitempty"`  // the invitation was mailed
}

// withReserved returns app_metadata for the provider, with the service's member.
func withReserved(appMetadata map[string]any, own reserved) map[string]any {
	kept := maps.Clone(appMetadata)
	if kept == nil {
		kept = map[string]any{}
	}
	kept[reservedMetadata] = own
	return kept
}

// withoutReserved returns app_metadata for callers, and separately the service's data; zero
// if absent or unreadable.
func withoutReserved(appMetadata json.RawMessage) (shown json.RawMessage, kept reserved) {
	if !gjson.GetBytes(appMetadata, reservedMetadata).Exists() {
		return appMetadata, reserved{}
	}
	shown = append(shown, '{')
	gjson.ParseBytes(appMetadata).ForEach(func(name, v gjson.Result) bool {
		if name.Str == reservedMetadata {
			kept = reserved{Request: v.Get("request").Str, Mailed: v.Get("mailed").Type == gjson.True}
			return true
		}
		if len(shown) > 1 {
			shown = append(shown, ',')
		}
		shown = append(append(append(shown, name.Raw...), ':'), v.Raw...)
		return true
	})
	return append(shown, '}'), kept
}

// refuseReserved fails with invalid-request if a caller's app_metadata contains the reserved member,
// even to remove it. path is the prefix of the member's name in the request, such as "app_metadata.".
func refuseReserved(appMetadata map[string]any, path string) error {
	if _, ok := appMetadata[reservedMetadata]; ok {
		return problem.Invalid(path+reservedMetadata, "is reserved for this service")
	}
	return nil
}
