package report

import (
	"fmt"
	"os"
	"strings"
)

// The markers of the generated part of a page.
const (
	begin = "<!-- begin of the generated tables -->"
	end   = "<!-- end of the generated tables -->"
)

// Replace returns a page with another generated part.
func Replace(page, generated string) (string, error) {
	head, rest, found := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("the page lacks the marker %q or %q", begin, end)
	}
	return head + begin + "\n\n" + strings.TrimSpace(generated) + "\n\n" + end + tail, nil
}

// Write writes the generated part of a page, and the chart.
func Write(page, generated, chartFile, chart string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	replaced, err := Replace(string(text), generated)
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	if err := os.WriteFile(page, []byte(replaced), 0o644); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return os.WriteFile(chartFile, []byte(chart), 0o644)
}
