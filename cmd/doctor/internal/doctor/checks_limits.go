package doctor

import (
	"fmt"
	"strings"
)

// checkLimits reads the document as the functions do, and compares it with the tenant.
func checkLimits(f facts) Result {
	switch {
	case f.policy.err != nil:
		return wrong(oneLine(f.policy.err), "Change the document (docs/limits.md). "+
			"Until then, every function responds with service-misconfigured.")
	case f.Limits == "":
		return fine("there are none")
	}
	names, unread := f.policy.value.Connections(), false
	var missing []string
	for _, name := range names {
		c, asked := f.limited[name]
		unread = unread || !asked || c.err != nil
		if asked && c.err == nil && c.value == nil {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) > 0:
		return wrong("the tenant has no connection "+strings.Trim(fmt.Sprintf("%q", missing), "[]"),
			"Compare the names in the document with those in the Dashboard (Authentication).")
	case unread:
		return unchecked("the document can be read, but not whether its connections are there", "")
	case len(names) == 0:
		return fine("the document can be read")
	}
	return fine("the document can be read, and the tenant has its %s", plural(len(names), "connection"))
}
