package valid

import "regexp"

// connectionName matches a connection's name: at most 128 letters, digits and hyphens,
// without a hyphen at the start or end.
var connectionName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?$`)

// Connection is the rule for the name of a connection.
func Connection(name string) string {
	if !connectionName.MatchString(name) {
		return "is not the name of a connection"
	}
	return ""
}
