package web

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// difference is a changed member of a JSON document.
type difference struct {
	Path          string // with dots between levels
	Kind          string // added, removed or changed
	Before, After string
}

// differences compares two objects at every level. Lists are compared as a whole.
func differences(path string, before, after map[string]any) []difference {
	names := maps.Clone(before)
	if names == nil {
		names = map[string]any{}
	}
	maps.Copy(names, after)
	var all []difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, had := before[name]
		now, has := after[name]
		at := name
		if path != "" {
			at = path + "." + name
		}
		oldObject, isOld := old.(map[string]any)
		nowObject, isNow := now.(map[string]any)
		switch {
		case !had:
			all = append(all, difference{Path: at, Kind: "added", After: compact(now)})
		case !has:
			all = append(all, difference{Path: at, Kind: "removed", Before: compact(old)})
		case isOld && isNow:
			all = append(all, differences(at, oldObject, nowObject)...)
		case !reflect.DeepEqual(old, now):
			all = append(all, difference{at, "changed", compact(old), compact(now)})
		}
	}
	return all
}

func compact(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // the template escapes
	if err := encoder.Encode(value); err != nil {
		return "?"
	}
	return string(bytes.TrimSpace(out.Bytes()))
}
