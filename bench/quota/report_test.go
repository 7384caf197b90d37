//go:build report && !race

package quota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bench/internal/report"
	"usher/localtenant"
)

// total is the number of containers, of six functions together.
const total = 1000

const page, picture = "../../docs/quota.md", "../../docs/images/quota.svg"

// TestReport writes the tables and the chart of docs/quota.md: make bench-quota.
func TestReport(t *testing.T) {
	var text strings.Builder
	var bars []bar
	for _, plan := range []localtenant.Plan{localtenant.PlanEnterprise, localtenant.PlanSelfService, localtenant.PlanFree} {
		for _, polite := range []bool{true, false} {
			fmt.Fprintf(&text, "\n### %s, clients that %s `Retry-After`\n\n%s", plan, map[bool]string{true: "honour", false: "ignore"}[polite], header)
			for _, layers := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
				s := scenario{plan: plan, functions: layers[0], gateway: layers[1], polite: polite, containers: total / 6, lasts: 10 * time.Minute, seed: 1}
				r := run(t, s)
				t.Log(s.name(), r.urgent.share())
				text.WriteString(r.row(s.layers(), s.lasts))
				if !s.gateway {
					bars = append(bars, bar{s.name(), r.urgent.share()})
				}
			}
		}
	}
	fmt.Fprintf(&text, "\n### One hour, clients that honour `Retry-After`\n\n%s", header)
	for _, plan := range []localtenant.Plan{localtenant.PlanEnterprise, localtenant.PlanSelfService} {
		for _, functions := range []bool{false, true} {
			s := scenario{plan: plan, functions: functions, polite: true, containers: total / 6, lasts: time.Hour, seed: 2}
			text.WriteString(run(t, s).row(string(plan)+", "+s.layers(), s.lasts))
		}
	}
	if err := report.Write(page, text.String(), picture, chart(bars)); err != nil {
		t.Fatal(err)
	}
}

const header = `| layers | urgent: succeed | p99 | changes: per minute | succeed | reads: per minute | succeed | calls with 429 |
|---|--:|--:|--:|--:|--:|--:|--:|
`

func (r *result) row(layers string, lasts time.Duration) string {
	return fmt.Sprintf("| %s | %.1f %% of %d | %.1f s | %.0f | %.1f %% | %.0f | %.1f %% | %.0f %% |\n", layers,
		r.urgent.share(), r.urgent.sent, r.urgent.slowest().Seconds(),
		float64(r.change.done)/lasts.Minutes(), r.change.share(), float64(r.read.done)/lasts.Minutes(), r.read.share(), 100*float64(r.over)/float64(r.calls))
}

// slowest returns the 99th percentile of the successful requests' time.
func (c *tally) slowest() time.Duration {
	if len(c.took) == 0 {
		return 0
	}
	slices.Sort(c.took)
	return c.took[(len(c.took)-1)*99/100]
}
