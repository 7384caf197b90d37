package doctor

import (
	"fmt"
	"net/http"
)

// enough is the part of the rate limit below which others are using it up.
const enough = 0.2

const ofRateLimit = "Find in the tenant's log who else calls it; or take a plan with a higher limit."

func checkRateLimit(f facts) diagnosis {
	s, current := f.tenant, version{}
	if len(f.versions) > 0 {
		current = f.versions[0]
	}
	for _, err := range []error{
		f.reached.err, current.management, current.codes, current.refreshing,
		s.connection.err, s.registration.err, s.enabled.err, s.action.err, s.factors.err, s.offline.err, s.access.err,
	} {
		if statusOf(err) == http.StatusTooManyRequests {
			return wrong("it is reached: the tenant refuses requests", ofRateLimit)
		}
	}
	b := f.budget
	switch {
	case f.managed == nil:
		return unchecked(errNoToken.Error(), "")
	case !b.Told:
		return unchecked("the tenant tells of none", "")
	case b.Exceeded:
		return warn(fmt.Sprintf("these few requests have reached it: it is %d at once", b.Limit), ofRateLimit)
	case float64(b.Left) < enough*float64(b.Limit)-1: // this command has used one before it could look
		return warn(fmt.Sprintf("%d of %d requests are left", b.Left, b.Limit), ofRateLimit)
	}
	return fine("%d of %d requests at once are left", b.Left, b.Limit)
}
