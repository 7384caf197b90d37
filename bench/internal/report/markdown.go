package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"usher/bench/internal/measure"
	"usher/bench/internal/target"
)

// Markdown returns all tables.
func (r Run) Markdown() string {
	return machine() + r.targets() + r.overBare() + r.perRequest() + r.latencies()
}

// limits are the highest allowed fractions of what the old function adds over the floor.
var limits = map[string]float64{"get": 0.7, "create": 0.7, "update": 0.7, "delete": 0.7, "list of 50": 0.25, "list of 100": 0.25}

func (r Run) targets() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Added over the floor\n\nNo delay, one request in flight. Times are in milliseconds: the median of the paired differences, with its interval of 95 %%.\n\n")
	t := NewTable("operation", "now", r.OldCommit, "fraction", "target", "")
	for _, o := range r.Operations {
		limit, verdict := "", ""
		fraction := o.fraction()
		if most, ok := limits[o.Name]; ok {
			limit, verdict = fmt.Sprintf("≤ %v", most), met(fraction.High, most)
		}
		t.Row(o.Name, Range(o.added(alone(0), target.Function, target.Floor)), Range(o.added(alone(0), target.Old, target.Floor)), Range(fraction), limit, verdict)
	}
	b.WriteString(t.String())
	const slow = 40 * time.Millisecond
	fmt.Fprintf(&b, "With a delay of 40 ms, the function may add no more than without a delay, plus the floor's own difference. "+
		"\"Above\" is the rest: the target is at most 0.\n\n")
	t = NewTable("operation", "added without delay", "added at 40 ms", "above", "")
	for _, o := range r.Operations {
		excess := o.excess(slow)
		t.Row(o.Name, Range(o.added(alone(0), target.Function, target.Floor)), Range(o.added(alone(slow), target.Function, target.Floor)), Range(excess), met(excess.High, 0))
	}
	b.WriteString(t.String())
	return b.String()
}

// met judges the upper end of an interval.
func met(high, most float64) string {
	switch {
	case math.IsNaN(high):
		return "not measured"
	case high <= most:
		return "met"
	}
	return "not met"
}

func (r Run) overBare() string {
	var b strings.Builder
	b.WriteString("### Added over the bare call\n\nOne request in flight, in milliseconds: the median of the paired differences, with its interval of 95 %.\n\n")
	for _, delay := range r.delays() {
		fmt.Fprintf(&b, "Provider's delay: %v\n\n", delay)
		t := NewTable("operation", target.Floor, target.Function, target.Old, target.Local)
		for _, o := range r.Operations {
			row := []string{o.Name}
			for _, name := range []string{target.Floor, target.Function, target.Old, target.Local} {
				row = append(row, Range(o.added(alone(delay), name, target.Bare)))
			}
			t.Row(row...)
		}
		b.WriteString(t.String())
	}
	return b.String()
}

func (r Run) delays() []time.Duration {
	var all []time.Duration
	for _, c := range r.Plan.Cells {
		if c.Key() == alone(c.Delay) {
			all = append(all, c.Delay)
		}
	}
	return all
}

func (r Run) perRequest() string {
	var b strings.Builder
	b.WriteString("### Per request\n\nAllocations and bytes are those of the function's handler in one process, with a provider in memory. " +
		"The counts of the provider are means over all warm requests of the function.\n\n")
	t := NewTable("operation", "allocations", "bytes", "provider calls", "new connections", "token requests")
	for _, o := range r.Operations {
		n, sum := 0, o.Results[alone(0)][target.Function].Provider
		sum = sum.Since(sum)
		for _, cell := range o.Results {
			n += len(cell[target.Function].Latencies)
			sum = sum.Plus(cell[target.Function].Provider)
		}
		each := func(count int64) string { return Number(float64(count) / float64(n)) }
		t.Row(o.Name, fmt.Sprintf("%.0f", o.Allocs.Count), fmt.Sprintf("%.0f", o.Allocs.Bytes), each(sum.Calls), each(sum.Connections), each(sum.Tokens))
	}
	b.WriteString(t.String())
	return b.String()
}

func (r Run) latencies() string {
	var b strings.Builder
	b.WriteString("### Latencies\n\nThe 50th, 95th and 99th percentile in milliseconds. In an open loop a latency counts from the request's place in the schedule.\n\n")
	for _, cell := range r.Plan.Cells {
		fmt.Fprintf(&b, "%s; %d requests for each target\n\n", title(cell), r.Plan.Rounds*cell.Repeats*cell.Requests)
		t := NewTable(append([]string{"operation"}, target.Names...)...)
		for _, o := range r.Operations {
			row := []string{o.Name}
			for _, name := range target.Names {
				row = append(row, Percentiles(o.latencies(cell.Key(), name)))
			}
			t.Row(row...)
		}
		b.WriteString(t.String())
	}
	return b.String()
}

func title(c measure.Cell) string {
	text := c.String()
	return strings.ToUpper(text[:1]) + text[1:]
}

// Chart returns the chart of what is added over the floor.
func (r Run) Chart() string {
	var pairs []Pair
	for _, o := range r.Operations {
		pairs = append(pairs, Pair{o.Name, o.added(alone(0), target.Old, target.Floor), o.added(alone(0), target.Function, target.Floor)})
	}
	return Chart(pairs, "commit "+r.OldCommit)
}
