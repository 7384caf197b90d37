package metadata

import "maps"

// mergePatch applies a JSON merge patch (RFC 7396, section 2) to a decoded value and
// returns the result. It does not modify its arguments.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	merged := map[string]any{}
	if members, ok := target.(map[string]any); ok {
		maps.Copy(merged, members)
	}
	for name, value := range changes {
		if value == nil {
			delete(merged, name)
			continue
		}
		merged[name] = mergePatch(merged[name], value)
	}
	return merged
}

// isFlat reports whether a patch has no nested objects. The provider applies such a patch
// correctly, since it merges only the first level.
func isFlat(patch map[string]any) bool {
	for _, value := range patch {
		if _, nested := value.(map[string]any); nested {
			return false
		}
	}
	return true
}
