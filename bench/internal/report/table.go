// Package report writes the results as tables and a chart.
package report

import (
	"fmt"
	"math"
	"strings"

	"usher/bench/internal/stats"
)

// Table is a Markdown table.
type Table struct {
	header []string
	rows   [][]string
}

// NewTable returns a table. All columns but the first are aligned to the right.
func NewTable(header ...string) *Table { return &Table{header: header} }

// Row adds a row.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *Table) String() string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.header)
	align := make([]string, len(t.header))
	for i := range align {
		align[i] = "--:"
	}
	align[0] = "---"
	line(align)
	for _, row := range t.rows {
		line(row)
	}
	return b.String() + "\n"
}

// Number prints a number with three significant digits; "–" for none.
func Number(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// Range prints an interval.
func Range(i stats.Interval) string {
	if math.IsNaN(i.Estimate) {
		return "–"
	}
	return fmt.Sprintf("%s (%s to %s)", Number(i.Estimate), Number(i.Low), Number(i.High))
}

// Percentiles prints the 50th, 95th and 99th percentile.
func Percentiles(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	p := func(p float64) string { return Number(stats.Percentile(values, p)) }
	return p(50) + " / " + p(95) + " / " + p(99)
}
