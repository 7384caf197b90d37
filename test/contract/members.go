package contract

import (
	"fmt"

	"github.com/pb33f/libopenapi/datamodel/high/base"
)

// Declares reports whether the operation's answers with this status may have a
// member of this name, however deep.
func (op Operation) Declares(status int, member string) bool {
	if op.operation == nil { // a request that is for none
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

// hasMember looks no deeper than any answer is.
func hasMember(proxy *base.SchemaProxy, member string, depth int) bool {
	if proxy == nil || depth == 0 {
		return false
	}
	schema := proxy.Schema()
	if schema == nil {
		return false
	}
	below := append(append(append([]*base.SchemaProxy{}, schema.AllOf...), schema.OneOf...), schema.AnyOf...)
	if schema.Items != nil && schema.Items.IsA() {
		below = append(below, schema.Items.A)
	}
	for name, property := range schema.Properties.FromOldest() {
		if name == member {
			return true
		}
		below = append(below, property)
	}
	for _, b := range below {
		if hasMember(b, member, depth-1) {
			return true
		}
	}
	return false
}

// Find returns the operation of a request, by its method and escaped path.
func (c *Contract) Find(method, escapedPath string) (Operation, bool) {
	return c.find(method, escapedPath)
}
