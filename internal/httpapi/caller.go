package httpapi

import (
	"context"
	"regexp"
)

// Caller is the front-end that the gateway authenticated.
type Caller struct {
	Account string `json:"account,omitempty"` // AWS account ID; "" for a bearer token
	ID      string `json:"id,omitempty"`      // role or user ARN, or an OAuth client ID
}

// assumedRole is the ARN of an assumed role. It ends in the session's name, which differs
// in each instance of a front-end.
var assumedRole = regexp.MustCompile(`^(arn:[^:]*:sts::[^:]*:assumed-role/[^/]+)/.*$`)

// FrontEnd returns the account and role, or the client, which are the same in all instances
// of a front-end; "" without an authenticated caller.
func (c Caller) FrontEnd() string {
	if c == (Caller{}) {
		return ""
	}
	return c.Account + " " + assumedRole.ReplaceAllString(c.ID, "$1")
}

// NoteCaller records the caller for the log line and the audit line.
func NoteCaller(ctx context.Context, c Caller) { recordOf(ctx).caller = c }
