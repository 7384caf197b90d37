package doctor

import (
	"maps"
	"slices"

	"usher/internal/limits"
)

// checkLimits reads the document as the functions do, and looks whether there is
// what it names.
func checkLimits(f facts) diagnosis {
	policy, err := limits.Parse(f.Limits, f.Config.Deployment())
	switch {
	case err != nil:
		return wrong(oneLine(err), "Change the document: docs/limits.md explains it. A function whose document is wrong answers every request with service-misconfigured.")
	case f.Limits == "":
		return fine("there are none")
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(f.tenant.limited)) {
		if c := f.tenant.limited[name]; c.err == nil && c.value == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return wrong("the tenant has no connection "+quoted(missing), "Compare the names in the document with those in the Dashboard (Authentication).")
	}
	switch n := len(policy.Connections()); {
	case n == 0:
		return fine("the document can be read")
	case slices.ContainsFunc(policy.Connections(), func(name string) bool { c, asked := f.tenant.limited[name]; return !asked || c.err != nil }):
		return unchecked("the document can be read, but not whether its connections are there", "")
	default:
		return fine("the document can be read, and the tenant has its %s", plural(n, "connection"))
	}
}
