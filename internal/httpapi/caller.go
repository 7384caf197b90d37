package httpapi

import (
	"context"
	"regexp"
)

// Caller is the front-end that calls, as the gateway has authenticated it.
type Caller struct {
	Account string // AWS account id; "" where the gateway gives none
	ID      string // role or user ARN, or an OAuth client id
}

// assumedRole is the ARN of a role that somebody has taken on. What follows the
// role is the session's name, another one for every container of a front-end.
var assumedRole = regexp.MustCompile(`^(arn:[^:]*:sts::[^:]*:assumed-role/[^/]+)/.*$`)

// FrontEnd is who calls, the same for all of a front-end's containers: account
// and role, or client, or nothing where nobody was authenticated.
func (c Caller) FrontEnd() string {
	if c == (Caller{}) {
		return ""
	}
	return c.Account + " " + assumedRole.ReplaceAllString(c.ID, "$1")
}

// NoteCaller notes who calls, for the log and the audit line.
func NoteCaller(ctx context.Context, c Caller) { recordOf(ctx).caller = c }
