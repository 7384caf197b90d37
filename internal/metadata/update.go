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

// unread is how large a patch may be that is sent without a look at what there
// is, in bytes of JSON. A larger one could make the whole too large at once.
const unread = 4 << 10

// Update serves PATCH /metadata/{user_id}, and PATCH /app-metadata/{user_id}: a
// JSON merge patch (RFC 7396).
//
// The provider merges the first level by itself, so a flat patch is one call,
// and those who write different first-level members never lose each other's
// changes. Where the patch has a nested object, the metadata is read and the
// whole member sent that it is in: of two who change one member at once, the
// last writer wins, since the provider has no conditional write.
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
			patch = faults.Metadata(patch, "", kind.reserved)
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

func apply(ctx context.Context, dir Store, user limits.UserID, match httpapi.Match, patch map[string]any) (map[string]any, error) {
	size, err := sizeOf(patch)
	if err != nil {
		return nil, err
	}
	if !match.Asked() && len(patch) > 0 && isFlat(patch) && size <= unread {
		return dir.Write(ctx, user, patch)
	}
	before, err := dir.Read(ctx, user)
	if err != nil {
		return nil, err
	}
	if err := match.Check(before); err != nil {
		return nil, err
	}
	after, _ := mergePatch(before, patch).(map[string]any)
	if err := checkSize(before, after); err != nil {
		return nil, err
	}
	changes := changesOf(before, after, patch)
	if len(changes) == 0 {
		return before, nil
	}
	return dir.Write(ctx, user, changes)
}

// changesOf returns the first-level members of the patch that are not yet as
// they are to be: nobody else's are sent.
func changesOf(before, after, patch map[string]any) map[string]any {
	changes := map[string]any{}
	for name := range patch {
		value, there := after[name]
		old, was := before[name]
		switch {
		case !there && was:
			changes[name] = nil
		case there && !(was && isSame(old, value)):
			changes[name] = value
		}
	}
	return changes
}

// isSame compares as JSON: a number that was read is kept as it is written.
func isSame(a, b any) bool {
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	other, err := json.Marshal(b)
	return err == nil && bytes.Equal(one, other)
}
