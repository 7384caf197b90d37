package users

import "regexp"

// connectionName is the form of a connection's name: letters, digits and
// hyphens, neither first nor last a hyphen.
var connectionName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?$`)

func validConnection(name string) bool { return connectionName.MatchString(name) }

// takesPassword is false for the two passwordless connections, whose names the
// provider fixes: users there sign in by a code, and a password is an error.
func takesPassword(connection string) bool { return connection != "email" && connection != "sms" }
