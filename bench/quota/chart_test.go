//go:build report && !race

package quota

import (
	"fmt"
	"strings"
)

// bar is the part of urgent requests that succeeded, in per cent.
type bar struct {
	name  string
	share float64
}

// chart draws horizontal bars as SVG, for light and dark pages.
func chart(bars []bar) string {
	const row, left, width = 26, 330, 400
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="sans-serif" font-size="13">
<title>Urgent requests that succeed while a list walk and a script of changes run flat out</title>
<style>text { fill: #1f2328 } .with { fill: #1a7f37 } .without { fill: #bf8700 } .axis { stroke: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .with { fill: #3fb950 } .without { fill: #d29922 } }</style>
<text x="%d" y="18">Urgent requests that succeed (%%)</text>
`, left+width+60, 40+row*len(bars)+10, left)
	for i, b := range bars {
		y := 32 + row*i
		class := "without"
		if strings.HasSuffix(b.name, functionsLayer) {
			class = "with"
		}
		fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="end">%s</text><rect class="%s" x="%d" y="%d" width="%.1f" height="18"/><text x="%.1f" y="%d">%.1f</text>
`, left-10, y+14, b.name, class, left, y, b.share/100*width, left+b.share/100*width+6, y+14, b.share)
	}
	fmt.Fprintf(&s, "<line class=\"axis\" x1=\"%d\" y1=\"28\" x2=\"%d\" y2=\"%d\"/>\n</svg>\n", left, left, 32+row*len(bars))
	return s.String()
}
