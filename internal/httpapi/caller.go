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

type callerKey struct{}

// WithCaller keeps the caller in the context.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns the caller; its zero value where nobody was authenticated,
// which is so only on a developer's machine.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
