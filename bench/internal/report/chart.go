package report

import (
	"fmt"
	"math"
	"strings"

	"usher/bench/internal/stats"
)

// Bar is one pair of values of the chart, with their intervals, in milliseconds.
type Bar struct {
	Name     string
	Old, New stats.Interval // an Old of NaN is not drawn
}

// The layout of the chart, in pixels.
const (
	left, top, width, rowHeight = 130, 52, 560, 44
	barHeight                   = 14
)

// Chart returns an SVG with two horizontal bars for each operation. Its colors suit light and dark
// backgrounds.
func Chart(bars []Bar, oldName string) string {
	longest := 0.0
	for _, b := range bars {
		for _, i := range []stats.Interval{b.Old, b.New} {
			if !math.IsNaN(i.High) && !math.IsInf(i.High, 0) {
				longest = max(longest, i.High)
			}
		}
	}
	step := tick(longest)
	scale := float64(width) / (step * math.Ceil(longest/step))
	bottom := top + rowHeight*len(bars)
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Time added over the floor by each operation, before and now.">
<style>
text { fill: #24292f } .axis { stroke: #8c959f } .grid { stroke: #8c959f; stroke-opacity: 0.3 }
.old { fill: #8c959f } .new { fill: #0969da } .range { stroke: #24292f; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .new { fill: #58a6ff } .range { stroke: #e6edf3 } }
</style>
`, left+width+40, bottom+56)
	fmt.Fprintf(&s, `<rect class="old" x="%d" y="16" width="12" height="12"/><text x="%d" y="27">%s</text>`+"\n", left, left+18, oldName)
	fmt.Fprintf(&s, `<rect class="new" x="%d" y="16" width="12" height="12"/><text x="%d" y="27">now</text>`+"\n", left+190, left+208)
	for at := 0.0; at*scale <= width+1; at += step {
		x := left + at*scale
		fmt.Fprintf(&s, `<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text x="%.1f" y="%d" text-anchor="middle">%.4g</text>`+"\n", x, top-6, x, bottom, x, bottom+18, at)
	}
	fmt.Fprintf(&s, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", left, top-6, left, bottom)
	for i, b := range bars {
		y := top + rowHeight*i
		fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-8, y+barHeight+5, b.Name)
		bar(&s, "old", b.Old, y, scale)
		bar(&s, "new", b.New, y+barHeight+2, scale)
	}
	fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="middle">added over the floor, in milliseconds (median, with its interval of 95 %%)</text>`+"\n", left+width/2, bottom+42)
	fmt.Fprintf(&s, `<text transform="translate(18 %d) rotate(-90)" text-anchor="middle">operation</text>`+"\n</svg>\n", (top+bottom)/2)
	return s.String()
}

func bar(s *strings.Builder, class string, v stats.Interval, y int, scale float64) {
	if math.IsNaN(v.Estimate) {
		return
	}
	fmt.Fprintf(s, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>`, class, left, y, max(v.Estimate, 0)*scale, barHeight)
	fmt.Fprintf(s, `<line class="range" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n",
		left+max(v.Low, 0)*scale, y+barHeight/2, left+max(v.High, 0)*scale, y+barHeight/2)
}

// tick returns the distance of the axis's ticks: 1, 2 or 5 times a power of ten, at most 8 ticks.
func tick(longest float64) float64 {
	if longest <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(longest/8)))
	for _, factor := range []float64{1, 2, 5} {
		if longest/(factor*power) <= 8 {
			return factor * power
		}
	}
	return 10 * power
}
