package httpapi

import (
	"encoding/json"
	"fmt"

	"usher/internal/problem"
)

// DecodeLine is Decode for one line of a body that has a JSON object in each line. The line may be as
// large as the body of a single operation.
func DecodeLine(line []byte, into any) error {
	if len(line) > MaxBody {
		return problem.BodyTooLarge.New(fmt.Sprintf("The line is larger than %d bytes.", MaxBody))
	}
	object, err := readObject(line, "line")
	if err != nil {
		return err
	}
	types := memberTypes(into)
	if err := checkMembers(object, types, false); err != nil {
		return err
	}
	return fill(into, object, line, types)
}

// DecodeMembers is DecodePatch for a decoded object, such as a member of another one.
func DecodeMembers(object map[string]any, into any) (members map[string]bool, err error) {
	types := memberTypes(into)
	if err := checkMembers(object, types, true); err != nil {
		return nil, err
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encode a decoded object: %w", err)
	}
	return namesOf(object), fill(into, object, text, types)
}
