package valid

import "regexp"

// connectionName is the form of a connection's name: letters, digits and
// hyphens, neither first nor last a hyphen.
var connectionName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?$`)

// Connection is the rule for the name of a connection.
func Connection(name string) string {
	if !connectionName.MatchString(name) {
		return "is not the name of a connection"
	}
	return ""
}
