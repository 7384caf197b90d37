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
