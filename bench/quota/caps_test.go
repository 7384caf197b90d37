//go:build !race

package quota

import (
	"usher/internal/quota"
	"usher/localtenant"
)

// capsOf returns limits of the gateway for each route that can flood a bucket: the bucket's refill without
// the reserve of the route's class, divided by its usual calls, and the bucket's burst.
func capsOf(plan localtenant.Plan) map[string]throttle {
	p, _ := quota.Parse(string(plan))
	caps := map[string]throttle{}
	for function, call := range map[string]struct {
		method, path string
		reserve      float64
		usual        float64
	}{
		"listusers":    {"GET", "/api/v2/users", 0.25, 1},
		"updateuser":   {"PATCH", "/api/v2/users/x", 0.10, 1},
		"setuserroles": {"POST", "/api/v2/users/x/roles", 0.10, 1},
	} {
		if _, b, ok := p.Bucket(call.method, call.path); ok {
			caps[function] = throttle{rate: b.Rate * (1 - call.reserve) / call.usual, burst: b.Burst}
		}
	}
	return caps
}
