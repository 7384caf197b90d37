package contract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// Example returns the contract's example of a request: the path with examples of its parameters,
// and the first example of a body, in JSON or as records; "" if the operation takes none.
func (op Operation) Example() (target, body string, err error) {
	target = op.Path
	for _, p := range op.parameters("path") {
		if p.Example != nil {
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
			if records, isText := value.(string); isText {
				return target, records, nil
			}
			encoded, err := json.Marshal(value)
			return target, string(encoded), err
		}
	}
	return "", "", fmt.Errorf("%s: the body has no example", op.ID)
}

// Parameters lists the names of the parameters of one place, "query" or "path".
func (op Operation) Parameters(place string) []string {
	var names []string
	for _, p := range op.parameters(place) {
		names = append(names, p.Name)
	}
	return names
}

func (op Operation) parameters(place string) []*v3.Parameter {
	all := slices.Concat(op.item.Parameters, op.operation.Parameters)
	return slices.DeleteFunc(all, func(p *v3.Parameter) bool { return p.In != place })
}

// TakesAnyParameter reports whether the operation ignores undeclared parameters.
func (op Operation) TakesAnyParameter() bool { return op.otherParameters }
