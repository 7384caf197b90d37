package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Healthy reports whether nothing is wrong. What deserves a look, and what could
// not be checked, is not wrong.
func Healthy(results []Result) bool {
	return !slices.ContainsFunc(results, func(r Result) bool { return r.Outcome == Wrong })
}

// WriteText writes results for a person: a line for each check, then what to do,
// then how many there are of each outcome.
func WriteText(out io.Writer, results []Result) error {
	widest := 0
	for _, r := range results {
		widest = max(widest, len(r.ID))
	}
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%-11s  %-*s  %s\n", r.Outcome, widest, r.ID, r.says())
	}
	writeAdvice(&b, results)
	counts := map[Outcome]int{}
	for _, r := range results {
		counts[r.Outcome]++
	}
	fmt.Fprintf(&b, "\n%s: %d ok, %d wrong, %s, %d not checked\n",
		plural(len(results), "check"), counts[OK], counts[Wrong], plural(counts[Warning], "warning"), counts[NotChecked])
	_, err := io.WriteString(out, b.String())
	return err
}

// says is the title with the finding.
func (r Result) says() string {
	if r.Outcome == NotChecked {
		return r.Title + ": not checked, because " + r.Finding
	}
	return r.Title + ": " + r.Finding
}

// writeAdvice puts first what is wrong.
func writeAdvice(b *strings.Builder, results []Result) {
	heading := "\nWhat to do:\n"
	for _, outcome := range []Outcome{Wrong, Warning, NotChecked} {
		for _, r := range results {
			if r.Outcome == outcome && r.Advice != "" {
				fmt.Fprintf(b, "%s  %s: %s\n", heading, r.ID, r.Advice)
				heading = ""
			}
		}
	}
}

// WriteJSON writes results for a program: an array, in the order of the checks.
func WriteJSON(out io.Writer, results []Result) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(results)
}
