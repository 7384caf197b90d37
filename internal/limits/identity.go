package limits

import (
	"regexp"

	"usher/internal/httpapi"
)

// role is an IAM role. Names are unique in an account, regardless of the path.
type role struct{ account, name string }

// assumedRole is the ARN of an assumed role as the gateway reports it, without the role's
// path. The caller chooses the session name at its end, so nothing in that may count.
var assumedRole = regexp.MustCompile(`(?s)\Aarn:aws(?:-[a-z]+)*:sts::([0-9]{12}):assumed-role/([A-Za-z0-9_+=,.@-]{1,64})/.+\z`)

// roleOf returns the caller's role. Other principals, such as IAM users, have none.
func roleOf(c httpapi.Caller) (role, bool) {
	if c.Account == "" { // not a caller by IAM, even if the ID looks like an ARN
		return role{}, false
	}
	found := assumedRole.FindStringSubmatch(c.ID)
	if found == nil {
		return role{}, false
	}
	return role{account: found[1], name: found[2]}, true
}

// clientOf returns the caller's OAuth client ID. Callers by IAM have an account and no client.
func clientOf(c httpapi.Caller) (id string, ok bool) {
	return c.ID, c.Account == "" && c.ID != ""
}
