package metadata

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"usher/internal/httpapi"
	"usher/internal/problem"
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
func Update(kind Kind, dir Store) httpapi.Operation {
	handler := func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpapi.OnlyUserID(r, "user_id")
		if err != nil {
			return err
		}
		patch, err := httpapi.DecodeObjectPatch(r)
		if err != nil {
			return err
		}
		patch, wrong := httpapi.CheckMetadata(patch, "", kind.reserved)
		if err := problem.InvalidFields(wrong); err != nil {
			return err
		}
		match, err := httpapi.IfMatch(r)
		if err != nil {
			return err
		}
		object, err := apply(r.Context(), dir, id, match, patch)
		if err != nil {
			return err
		}
		return httpapi.Tagged(w, http.StatusOK, object)
	}
	return httpapi.Operation{Routes: []string{"PATCH " + kind.path}, Handler: handler, Change: kind.noun + ".update"}
}

func apply(ctx context.Context, dir Store, id string, match httpapi.Match, patch map[string]any) (map[string]any, error) {
	size, err := sizeOf(patch)
	if err != nil {
		return nil, err
	}
	if !match.Asked() && len(patch) > 0 && isFlat(patch) && size <= unread {
		return dir.Write(ctx, id, patch)
	}
	before, err := dir.Read(ctx, id)
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
	return dir.Write(ctx, id, changes)
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
