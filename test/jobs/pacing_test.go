package jobs

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"usher/internal/quota"
)

// paced are the provider's calls of each row of the table in docs/jobs.md, for one record.
var paced = map[string]map[string]float64{
	"creations":                    {"POST /api/v2/users": 1},
	"creations with an invitation": {"POST /api/v2/users": 1, "POST /api/v2/tickets/password-change": 1},
	"imports":                      {"POST /api/v2/jobs/users-imports": 4.0 / 500},
	"updates":                      {"PATCH /api/v2/users/{id}": 1},
	"plans of deletions, by ID":    {"GET /api/v2/users/{id}": 1},
	"confirmed deletions":          {"GET /api/v2/users/{id}": 1, "DELETE /api/v2/users/{id}": 1},
	"exports":                      {"GET /api/v2/users": 1.0 / 100},
}

// share is the part of a limit that the table assumes.
const share = 0.5

// TestThePacingTable compares the table of docs/jobs.md with the plans' limits.
func TestThePacingTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "<!-- pacing -->\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile(`(?m)^\| ([a-zA-Z, ]+) \| [^|]+ \| (.+) \|$`).FindAllStringSubmatch(table, -1)
	seen := 0
	for _, row := range rows {
		calls, known := paced[row[1]]
		if !known {
			continue // the heading
		}
		seen++
		var want []string
		for _, records := range []float64{10_000, 100_000} {
			for _, plan := range []string{"free", "self-service", "enterprise"} {
				want = append(want, told(records*perRecord(t, plan, calls)))
			}
		}
		if got := row[2]; got != strings.Join(want, " | ") {
			t.Errorf("%s: the page has %s, want %s", row[1], got, strings.Join(want, " | "))
		}
	}
	if seen != len(paced) {
		t.Errorf("the table has %d of %d rows", seen, len(paced))
	}
}

// perRecord returns the seconds of a record: those of the most used limit.
func perRecord(t *testing.T, name string, calls map[string]float64) (slowest float64) {
	t.Helper()
	plan, err := quota.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]float64{} // seconds by limit
	for call, n := range calls {
		method, path, _ := strings.Cut(call, " ")
		_, bucket, limited := plan.Bucket(method, path)
		if !limited {
			t.Fatalf("%s does not limit %s", name, call)
		}
		key := fmt.Sprint(bucket)
		used[key] += n / (bucket.Rate * share)
		slowest = max(slowest, used[key])
	}
	return slowest
}

// told returns a number of seconds as the table has it.
func told(seconds float64) string {
	minutes := seconds / 60
	if minutes < 90 {
		return fmt.Sprintf("%.0f min", math.Max(1, math.RoundToEven(minutes)))
	}
	return fmt.Sprintf("%.1f h", minutes/60)
}
