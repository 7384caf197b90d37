package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Healthy reports whether nothing is wrong. Warnings and omitted checks are not wrong.
func Healthy(results []Result) bool {
	return !slices.ContainsFunc(results, func(r Result) bool { return r.Outcome == Wrong })
}

// WriteText writes results for a person: a line for each check, then the advice, then the number
// of checks by outcome.
func WriteText(out io.Writer, results []Result) error {
	widest, counts := 0, map[Outcome]int{}
	for _, r := range results {
		widest = max(widest, len(r.ID))
		counts[r.Outcome]++
	}
	var b strings.Builder
	for _, r := range results {
		because := ""
		if r.Outcome == NotChecked {
			because = "not checked, because "
		}
		fmt.Fprintf(&b, "%-11s  %-*s  %s: %s%s\n", r.Outcome, widest, r.ID, r.Title, because, r.Finding)
	}
	heading := "\nWhat to do:\n"
	for _, outcome := range []Outcome{Wrong, Warning, NotChecked} {
		for _, r := range results {
			if r.Outcome == outcome && r.Advice != "" {
				fmt.Fprintf(&b, "%s  %s: %s\n", heading, r.ID, r.Advice)
				heading = ""
			}
		}
	}
	fmt.Fprintf(&b, "\n%s: %d ok, %d wrong, %s, %d not checked\n",
		plural(len(results), "check"), counts[OK], counts[Wrong], plural(counts[Warning], "warning"), counts[NotChecked])
	_, err := io.WriteString(out, b.String())
	return err
}

// WriteJSON writes results for a program: an array, in the order of the checks.
func WriteJSON(out io.Writer, results []Result) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(results)
}
