package limits

import (
	"regexp"

	"usher/internal/httpapi"
)

// role is an IAM role: names are unique within an account, whatever the path.
type role struct{ account, name string }

// assumedRole is the ARN by which the gateway names a role that somebody has
// taken on. It has no path of the role's. What follows the name is the session's
// name, which the caller chooses, so that nothing in it may count.
var assumedRole = regexp.MustCompile(`(?s)\Aarn:aws(?:-[a-z]+)*:sts::([0-9]{12}):assumed-role/([A-Za-z0-9_+=,.@-]{1,64})/.+\z`)

// roleOf finds the role that calls. Other principals, such as IAM users, have none.
func roleOf(c httpapi.Caller) (role, bool) {
	if c.Account == "" { // it is no ARN, whatever it looks like
		return role{}, false
	}
	found := assumedRole.FindStringSubmatch(c.ID)
	if found == nil {
		return role{}, false
	}
	return role{account: found[1], name: found[2]}, true
}

// clientOf finds the OAuth client that calls. Callers by IAM have an account.
func clientOf(c httpapi.Caller) (id string, ok bool) {
	return c.ID, c.Account == "" && c.ID != ""
}
