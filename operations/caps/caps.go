// Package caps computes the gateway's limits for the routes that can flood the provider's rate limit.
package caps

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"usher/internal/api"
	"usher/internal/permission"
	"usher/internal/quota"
)

// Cap is the gateway's limit for a route.
type Cap struct {
	Rate  float64 // requests per second
	Burst int
}

// mostLimited has, for each operation with capped routes, its provider call with the lowest limit.
var mostLimited = map[string]string{
	"createuser":               "POST /api/v2/users",
	"createverificationticket": "POST /api/v2/tickets/email-verification",
	"deleteuser":               "DELETE /api/v2/users/{id}",
	"deleteuserbyemail":        "DELETE /api/v2/users/{id}",
	"enrollmfa":                "POST /api/v2/guardian/enrollments/ticket",
	"linkidentity":             "POST /api/v2/users/{id}/identities",
	"listroles":                "GET /api/v2/roles",
	"listusers":                "GET /api/v2/users",
	"removeuserroles":          "DELETE /api/v2/users/{id}/roles",
	"replaceappmetadata":       "PATCH /api/v2/users/{id}",
	"replacemetadata":          "PATCH /api/v2/users/{id}",
	"sendverificationemail":    "POST /api/v2/jobs/verification-email",
	"setuserroles":             "POST /api/v2/users/{id}/roles",
	"unlinkidentity":           "DELETE /api/v2/users/{id}/identities/{provider}/{user_id}",
	"updateappmetadata":        "PATCH /api/v2/users/{id}",
	"updatemetadata":           "PATCH /api/v2/users/{id}",
	"updateuser":               "PATCH /api/v2/users/{id}",
}

// Has reports whether a route of an operation has a cap: changes and lists do. Urgent operations and those
// of a sign-in have none, because a flood must not stop them. Operations on jobs make no call to the provider.
func Has(op api.Operation, route string) bool {
	isList := strings.HasPrefix(route, "GET ") && !strings.Contains(route, "{")
	return (op.Change != "" || isList) && !op.Urgent && !op.NoToken && !slices.Contains(op.Permissions, permission.SignIn)
}

// MostLimited returns the provider call that decides an operation's cap, such as "GET /api/v2/users".
func MostLimited(operation string) (string, error) {
	if call := mostLimited[operation]; call != "" {
		return call, nil
	}
	return "", fmt.Errorf("operations/caps/caps.go needs the provider call of %s with the lowest limit", operation)
}

// Of returns the cap of an operation that usually makes this number of calls: the refill without the
// reserve of the operation's class, divided by the calls, and the burst. A plan whose limits are unknown,
// or known at the deployment only, has none.
func Of(op api.Operation, usual int, plan quota.Plan) (Cap, bool, error) {
	call, err := MostLimited(op.Name)
	if err != nil {
		return Cap{}, false, err
	}
	method, path, _ := strings.Cut(call, " ")
	_, bucket, limited := plan.Bucket(method, path)
	if !limited || usual < 1 {
		return Cap{}, false, nil
	}
	rate := bucket.Rate * (1 - op.Class().Reserve()) / float64(usual)
	return Cap{math.Round(rate*100) / 100, int(bucket.Burst)}, true, nil
}
