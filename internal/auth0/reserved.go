package auth0

import (
	"encoding/json"
	"maps"

	"github.com/tidwall/gjson"

	"usher/internal/problem"
)

// reservedMetadata is the member of a user's app_metadata that is this
// service's own: there it keeps what it has to know of a user again, since it
// has no store. No answer shows it, and no caller sets or removes it.
//
// Who writes app_metadata must not send an empty object, which would remove
// this member with all others.
const reservedMetadata = "usher"

// reserved is what the service keeps of a user, under reservedMetadata.
type reserved struct {
	Request string `json:"request,omitempty"` // the fingerprint of the request that created the user
	Mailed  bool   `json:"mailed,omitempty"`  // the invitation has gone out
}

// withReserved is app_metadata as the provider keeps it, with the service's own
// part.
func withReserved(appMetadata map[string]any, own reserved) map[string]any {
	kept := maps.Clone(appMetadata)
	if kept == nil {
		kept = map[string]any{}
	}
	kept[reservedMetadata] = own
	return kept
}

// withoutReserved is app_metadata as callers see it, and apart from it what the
// service keeps: zero for nothing, or nothing that can be read.
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

// refuseReserved fails with invalid-request where a caller's app_metadata names
// the reserved member, even to remove it. Path is what stands before the
// member's name on the wire, such as "app_metadata.".
func refuseReserved(appMetadata map[string]any, path string) error {
	if _, ok := appMetadata[reservedMetadata]; ok {
		return problem.Invalid(path+reservedMetadata, "is reserved for this service")
	}
	return nil
}
