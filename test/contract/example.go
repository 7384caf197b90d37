package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Example is a request as the contract shows one: the path with the examples of
// its parameters, and the first example of a body, in JSON; "" where the
// operation takes none.
func (op Operation) Example() (target, body string, err error) {
	target = op.Path
	for _, p := range slices.Concat(op.item.Parameters, op.operation.Parameters) {
		if p.In == "path" && p.Example != nil {
			target = strings.ReplaceAll(target, "{"+p.Name+"}", url.PathEscape(p.Example.Value))
		}
	}
	if strings.Contains(target, "{") {
		return "", "", fmt.Errorf("%s: a parameter of the path has no example", op.ID)
	}
	if op.operation.RequestBody == nil {
		return target, "", nil
	}
	for _, content := range op.operation.RequestBody.Content.FromOldest() {
		for _, example := range content.Examples.FromOldest() {
			var value any
			if err := example.Value.Decode(&value); err != nil {
				return "", "", fmt.Errorf("%s: %w", op.ID, err)
			}
			encoded, err := json.Marshal(value)
			return target, string(encoded), err
		}
	}
	return "", "", fmt.Errorf("%s: %w", op.ID, errNoExample)
}

var errNoExample = errors.New("the body has no example")

// Parameters lists the names of the parameters of one place, "query" or "path".
func (op Operation) Parameters(place string) []string {
	var names []string
	for _, p := range slices.Concat(op.item.Parameters, op.operation.Parameters) {
		if p.In == place {
			names = append(names, p.Name)
		}
	}
	return names
}

// TakesAnyParameter reports whether parameters that the contract does not
// declare are ignored.
func (op Operation) TakesAnyParameter() bool { return op.otherParameters }
