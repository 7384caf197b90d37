package users

// takesPassword is false for the two passwordless connections, whose names the
// provider fixes: users there sign in by a code, and a password is an error.
func takesPassword(connection string) bool { return connection != "email" && connection != "sms" }
