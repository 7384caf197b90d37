package httpapi

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"usher/internal/problem"
	"usher/internal/strictjson"
	"usher/internal/valid"
)

// maxDepth bounds the nesting of bodies; encoding/json has its own limit.
const maxDepth = 1000

// readObject reads a text that is one JSON object. noun is "body" or "line".
func readObject(text []byte, noun string) (map[string]any, error) {
	value, err := strictjson.ReadExact(text, maxDepth)
	if err != nil {
		return nil, textProblem(err, noun)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, problem.InvalidJSON.New("The " + noun + " must be a JSON object.")
	}
	var faults valid.Faults
	faults.Nulls(object, "")
	return object, faults.Err()
}

// checkMembers refuses what encoding/json would let pass: names beside the known ones, or cased
// otherwise, and null, which it takes as an absent member.
func checkMembers(object map[string]any, types map[string]reflect.Type, nullable bool) error {
	var faults valid.Faults
	for _, name := range slices.Sorted(maps.Keys(object)) {
		known, ok := types[name]
		if !ok {
			return invalidName(name, "unknown field")
		}
		if object[name] == nil && !nullable {
			faults.Add(name, "must be "+jsonType(known)+", not null")
		}
	}
	return faults.Err()
}

func textProblem(err error, noun string) error {
	fault, ok := errors.AsType[*strictjson.Fault](err)
	if !ok {
		return err
	}
	switch fault.Kind {
	case strictjson.Twice:
		return invalidName(fault.Path, "is given twice")
	case strictjson.TooDeep:
		return invalidName(fault.Path, "is nested too deeply")
	case strictjson.Halved:
		const detail = `has half of a surrogate pair, such as "\ud83d", which is no character`
		if fault.Path == "" {
			return problem.InvalidJSON.Wrap(err, "The "+noun+" "+detail+".")
		}
		return invalidName(fault.Path, detail)
	case strictjson.NotUTF8:
		return problem.InvalidJSON.Wrap(err, "The "+noun+" is not UTF-8.")
	case strictjson.MoreBehind:
		return problem.InvalidJSON.Wrap(err, "There is more behind the JSON object.")
	case strictjson.Incomplete:
		return problem.InvalidJSON.Wrap(err, "The "+noun+" is empty, or ends in the middle of its JSON.")
	}
	return problem.InvalidJSON.Wrap(err, fmt.Sprintf("The JSON is broken at byte %d.", fault.Offset))
}

func invalidName(name, detail string) error {
	var faults valid.Faults
	faults.AddMadeUp(name, detail)
	return faults.Err()
}
