package doctor

import (
	"fmt"
	"net/http"
)

const ofRateLimit = "Find in the tenant's log who else calls it; or take a plan with a higher limit."

func checkRateLimit(f facts) Result {
	current, b := f.current(), f.budget
	for _, err := range []error{
		f.reached.err, current.management, current.codes, current.refreshing, f.registration.err, f.connection.err,
		f.enabled.err, f.usersAPI.err, f.frontEndsAPI.err, f.action.err, f.factors.err,
	} {
		if statusOf(err) == http.StatusTooManyRequests {
			return wrong("it is reached: the tenant refuses requests", ofRateLimit)
		}
	}
	switch {
	case f.managed == nil:
		return unchecked(noToken, "")
	case b.Limit == 0:
		return unchecked("the tenant tells of none", "")
	case b.Exceeded:
		return warn(fmt.Sprintf("these few requests have reached it: it is %d at once", b.Limit), ofRateLimit)
	case 5*(b.Left+1) < b.Limit: // less than a fifth was left before the doctor's first request
		return warn(fmt.Sprintf("%d of %d requests are left", b.Left, b.Limit), ofRateLimit)
	}
	return fine("%d of %d requests at once are left", b.Left, b.Limit)
}
