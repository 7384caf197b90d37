package report

import "usher/bench/internal/measure"

// Provider returns the table that compares the provider with the local tenant.
func Provider(all []measure.Compared) string {
	t := NewTable("bare call", "provider of the benchmarks", "local tenant")
	for _, c := range all {
		t.Row(c.Name, Percentiles(c.Provider), Percentiles(c.Tenant))
	}
	return "### The provider\n\nThe 50th, 95th and 99th percentile of a bare call in milliseconds, without delay.\n\n" + t.String()
}
