package contract

import "strings"

// Find returns the operation for a method and an escaped path. A parameter matches one non-empty segment.
func (c *Contract) Find(method, escapedPath string) (Operation, bool) {
	for _, op := range c.operations {
		if op.Method == method && matches(op.Path, escapedPath) {
			return op, true
		}
	}
	return Operation{}, false
}

func matches(template, escapedPath string) bool {
	want, got := strings.Split(template, "/"), strings.Split(escapedPath, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		isParameter := strings.HasPrefix(want[i], "{")
		if isParameter && got[i] == "" || !isParameter && got[i] != want[i] {
			return false
		}
	}
	return true
}
