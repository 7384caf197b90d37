package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"usher/bench/internal/report"
	"usher/bench/internal/stats"
)

func TestTable(t *testing.T) {
	table := report.NewTable("operation", "ms")
	table.Row("get", report.Number(0.456))
	if got, want := table.String(), "| operation | ms |\n| --- | --: |\n| get | 0.46 |\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNumbers(t *testing.T) {
	tests := map[float64]string{0.005: "0.01", 1.234: "1.23", -0.5: "-0.50", 12.34: "12.3", 123.4: "123", math.Inf(1): "–", math.NaN(): "–"}
	for v, want := range tests {
		if got := report.Number(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
	if got := report.Percentiles([]float64{1, 2, 3, 4}); got != "2.00 / 4.00 / 4.00" {
		t.Error(got)
	}
	if got := report.Range(stats.Interval{Low: 1, Estimate: 2, High: 3}); got != "2.00 (1.00 to 3.00)" {
		t.Error(got)
	}
}

func TestChartIsXML(t *testing.T) {
	none := stats.Interval{Low: math.NaN(), Estimate: math.NaN(), High: math.NaN()}
	svg := report.Chart([]report.Pair{
		{Name: "get", Old: stats.Interval{Low: 0.3, Estimate: 0.4, High: 0.5}, New: stats.Interval{Low: 0.1, Estimate: 0.2, High: 0.3}},
		{Name: "list", Old: none, New: stats.Interval{Low: 1, Estimate: 2, High: 3}},
	}, "before")
	points := 0
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			points++
		}
	}
	if points != 5 { // two are the legend's
		t.Errorf("%d points: %s", points, svg)
	}
	if strings.Contains(svg, "NaN") {
		t.Error("a number is none")
	}
}

func TestReplace(t *testing.T) {
	page := "# A\n<!-- begin of the generated tables -->\nold\n<!-- end of the generated tables -->\nB\n"
	got, err := report.Replace(page, "new\n\n")
	if want := "# A\n<!-- begin of the generated tables -->\n\nnew\n\n<!-- end of the generated tables -->\nB\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := report.Replace("# A\n", "new"); err == nil {
		t.Error("a page without markers is replaced")
	}
}
