package httpapi

import "regexp"

// connectionName is the form of a connection's name: letters, digits and
// hyphens, neither first nor last a hyphen.
var connectionName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?$`)

// IsConnection reports whether the text can be a connection's name.
func IsConnection(name string) bool { return connectionName.MatchString(name) }
