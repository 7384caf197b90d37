//go:build !race

package quota

import (
	"testing"

	"usher/internal/api"
	"usher/internal/quota"
	"usher/localtenant"
	"usher/operations/caps"
)

// capsOf returns the gateway's limits of the routes that the clients flood, as in the template. Each of
// their requests makes one call.
func capsOf(t *testing.T, named localtenant.Plan) map[string]throttle {
	t.Helper()
	plan, err := quota.Parse(string(named))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]throttle{}
	for _, op := range []api.Operation{{Name: "listusers"}, {Name: "updateuser", Change: "user.update"}, {Name: "setuserroles", Change: "roles.set"}} {
		limit, limited, err := caps.Of(op, 1, plan)
		if err != nil || !limited {
			t.Fatalf("%s has no cap: %v", op.Name, err)
		}
		all[op.Name] = throttle{limit.Rate, float64(limit.Burst)}
	}
	return all
}
