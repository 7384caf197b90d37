package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
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
		at := step(name)
		if path != "" {
			at = path + "." + at
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

// simple names are clear between dots. Others are quoted: "a.b" is not a member b of a.
var simple = regexp.MustCompile(`^[\pL\pN_-]+$`)

func step(name string) string {
	if simple.MatchString(name) {
		return name
	}
	return strconv.QuoteToGraphic(name)
}

func compact(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // the template escapes
	if err := encoder.Encode(value); err != nil {
		return "?"
	}
	return visible(string(bytes.TrimSpace(out.Bytes())))
}

// visible escapes, in JSON, what shows nothing or changes the direction of the text around it.
// Otherwise two different values could look the same.
func visible(text string) string {
	var out strings.Builder
	for _, r := range text {
		if !unicode.In(r, unicode.Cc, unicode.Cf) {
			out.WriteRune(r)
			continue
		}
		for _, half := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, half)
		}
	}
	return out.String()
}
