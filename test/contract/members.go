package contract

import (
	"fmt"
	"slices"

	"github.com/pb33f/libopenapi/datamodel/high/base"
)

// Declares reports whether the operation's responses with this status may have a member of this
// name at any depth.
func (op Operation) Declares(status int, member string) bool {
	if op.operation == nil { // Find found none
		return false
	}
	response := op.operation.Responses.Codes.GetOrZero(fmt.Sprint(status))
	if response == nil {
		return false
	}
	for _, content := range response.Content.FromOldest() {
		if hasMember(content.Schema, member, 12) {
			return true
		}
	}
	return false
}

// hasMember stops at a depth that no response reaches: schemas can be recursive.
func hasMember(proxy *base.SchemaProxy, member string, depth int) bool {
	if proxy == nil || depth == 0 {
		return false
	}
	schema := proxy.Schema()
	if schema == nil {
		return false
	}
	below := slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf)
	if schema.Items != nil && schema.Items.IsA() {
		below = append(below, schema.Items.A)
	}
	for name, property := range schema.Properties.FromOldest() {
		if name == member {
			return true
		}
		below = append(below, property)
	}
	return slices.ContainsFunc(below, func(b *base.SchemaProxy) bool { return hasMember(b, member, depth-1) })
}
