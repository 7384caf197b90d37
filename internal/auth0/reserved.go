package auth0

import (
	"maps"

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

// reservedIn reads what the service keeps of a user. Zero is nothing, or
// nothing that can be read.
func reservedIn(appMetadata map[string]any) reserved {
	kept, _ := appMetadata[reservedMetadata].(map[string]any)
	request, _ := kept["request"].(string)
	mailed, _ := kept["mailed"].(bool)
	return reserved{Request: request, Mailed: mailed}
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

// withoutReserved is app_metadata as callers see it.
func withoutReserved(appMetadata map[string]any) map[string]any {
	if _, ok := appMetadata[reservedMetadata]; !ok {
		return appMetadata
	}
	shown := maps.Clone(appMetadata)
	delete(shown, reservedMetadata)
	return shown
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
