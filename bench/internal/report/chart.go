package report

import (
	"fmt"
	"math"
	"strings"

	"usher/bench/internal/stats"
)

// Pair is one operation's pair of values in the chart, with their intervals, in milliseconds.
type Pair struct {
	Name     string
	Old, New stats.Interval // an Old of NaN is not drawn
}

// The layout of the chart, in pixels.
const (
	left, top, width, rowHeight = 150, 52, 540, 36
	apart                       = 10 // between the two values of an operation
)

// axis is a logarithmic axis: the operations differ by more than a factor of ten.
type axis struct{ low, high float64 } // powers of ten

func (a axis) x(v float64) float64 {
	at := (math.Log10(max(v, math.Pow(10, a.low))) - a.low) / (a.high - a.low)
	return left + width*at
}

func axisOf(pairs []Pair) axis {
	least, most := math.Inf(1), 0.0
	for _, p := range pairs {
		for _, i := range []stats.Interval{p.Old, p.New} {
			if i.Estimate > 0 { // and not NaN
				least, most = min(least, i.Estimate), max(most, i.Estimate, i.High)
			}
		}
	}
	if most == 0 || math.IsInf(most, 0) {
		return axis{-2, 2}
	}
	return axis{math.Floor(math.Log10(least / 1.5)), math.Ceil(math.Log10(most))}
}

// Chart returns an SVG with two points for each operation, and their intervals. Its colors suit light
// and dark backgrounds.
func Chart(pairs []Pair, oldName string) string {
	a := axisOf(pairs)
	bottom := top + rowHeight*len(pairs)
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Time added over the floor by each operation, before and now.">
<style>
text { fill: #24292f } .axis { stroke: #8c959f } .grid { stroke: #8c959f; stroke-opacity: 0.3 }
.old { fill: #8c959f; stroke: #8c959f } .new { fill: #0969da; stroke: #0969da } line.old, line.new { stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .new { fill: #58a6ff; stroke: #58a6ff } }
</style>
`, left+width+40, bottom+56)
	fmt.Fprintf(&s, `<circle class="old" cx="%d" cy="22" r="5"/><text x="%d" y="27">%s</text>`+"\n", left+6, left+18, oldName)
	fmt.Fprintf(&s, `<circle class="new" cx="%d" cy="22" r="5"/><text x="%d" y="27">now</text>`+"\n", left+196, left+208)
	for power := a.low; power <= a.high; power++ {
		for _, digit := range []float64{1, 2, 5} {
			v := digit * math.Pow(10, power)
			if x := a.x(v); x <= left+width+1 {
				fmt.Fprintf(&s, `<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text x="%.1f" y="%d" text-anchor="middle">%.4g</text>`+"\n", x, top-6, x, bottom, x, bottom+18, v)
			}
		}
	}
	fmt.Fprintf(&s, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", left, top-6, left, bottom)
	for i, p := range pairs {
		y := top + rowHeight*i + rowHeight/2
		fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-10, y, p.Name)
		point(&s, "old", p.Old, y-apart/2-4, a)
		point(&s, "new", p.New, y+apart/2-4, a)
	}
	fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="middle">added over the floor in milliseconds, logarithmic (median, with its interval of 95 %%)</text>`+"\n", left+width/2, bottom+42)
	fmt.Fprintf(&s, `<text transform="translate(18 %d) rotate(-90)" text-anchor="middle">operation</text>`+"\n</svg>\n", (top+bottom)/2)
	return s.String()
}

func point(s *strings.Builder, class string, v stats.Interval, y int, a axis) {
	if math.IsNaN(v.Estimate) {
		return
	}
	fmt.Fprintf(s, `<line class="%s" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`, class, a.x(v.Low), y, min(a.x(v.High), left+width), y)
	fmt.Fprintf(s, `<circle class="%s" cx="%.1f" cy="%d" r="4"/>`+"\n", class, a.x(v.Estimate), y)
}
