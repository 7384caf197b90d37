package metadata

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/limits"
	"usher/internal/valid"
)

// maxBlindPatch is the maximum size of a patch that is sent without reading the metadata
// first, in bytes of JSON. It bounds how far such a patch can exceed MaxSize.
const maxBlindPatch = 4 << 10

// Update serves PATCH /metadata/{user_id} and PATCH /app-metadata/{user_id}, JSON merge
// patches (RFC 7396).
//
// The provider merges the first level, so a flat patch is one call, and concurrent changes
// to different first-level members are safe. For a nested object Update reads the metadata
// and sends the complete first-level member. If two callers change the same member at the
// same time, the last write wins, because the provider has no conditional write.
func Update(kind Kind, dir Store) api.Operation {
	return api.Operation{
		Name:        kind.function("update"),
		Routes:      []string{kind.route("PATCH")},
		Parameters:  api.Parameters{"user_id": api.User},
		Permissions: kind.permissions,
		Change:      kind.noun + ".update",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			patch, err := httpapi.DecodeObjectPatch(r)
			if err != nil {
				return err
			}
			var faults valid.Faults
			patch = kind.CheckPatch(&faults, patch, "")
			if err := faults.Err(); err != nil {
				return err
			}
			match, err := httpapi.IfMatch(r)
			if err != nil {
				return err
			}
			object, err := apply(r.Context(), dir, c.User, match, patch)
			if err != nil {
				return err
			}
			return httpapi.Tagged(w, http.StatusOK, object)
		},
	}
}

func apply(
	ctx context.Context, dir Store, user limits.UserID, match httpapi.Match, patch map[string]any,
) (map[string]any, error) {
	blind, err := IsBlind(patch)
	if err != nil {
		return nil, err
	}
	if !match.Asked() && len(patch) > 0 && blind {
		return dir.Write(ctx, user, patch)
	}
	before, err := dir.Read(ctx, user)
	if err != nil {
		return nil, err
	}
	if err := match.Check(before); err != nil {
		return nil, err
	}
	changes, err := Changes(before, patch)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return before, nil
	}
	return dir.Write(ctx, user, changes)
}

// CheckPatch checks a decoded merge patch for one kind of metadata, and returns it with numbers as
// float64. path is the prefix of the names of its members in faults, such as "metadata.".
func (k Kind) CheckPatch(faults *valid.Faults, patch map[string]any, path string) map[string]any {
	return faults.Metadata(patch, path, k.reserved)
}

// IsBlind reports whether a patch can be sent without reading the metadata first.
func IsBlind(patch map[string]any) (bool, error) {
	size, err := sizeOf(patch)
	return isFlat(patch) && size <= maxBlindPatch, err
}

// Changes returns the first-level members that a patch changes; nil removes one. It fails with
// metadata-too-large.
func Changes(before, patch map[string]any) (map[string]any, error) {
	after, _ := mergePatch(before, patch).(map[string]any)
	if err := checkSize(before, after); err != nil {
		return nil, err
	}
	return changesOf(before, after, patch), nil
}

// changesOf returns the first-level members that the patch changes. It omits other members,
// so that concurrent changes to them are not lost.
func changesOf(before, after, patch map[string]any) map[string]any {
	changes := map[string]any{}
	for name := range patch {
		value, exists := after[name]
		old, existed := before[name]
		switch {
		case !exists && existed:
			changes[name] = nil
		case exists && !(existed && isSame(old, value)):
			changes[name] = value
		}
	}
	return changes
}

// isSame compares the JSON forms. Numbers in stored metadata keep their original notation.
func isSame(a, b any) bool {
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	other, err := json.Marshal(b)
	return err == nil && bytes.Equal(one, other)
}
