package metrics

import (
	"maps"
	"slices"

	"usher/internal/httpapi"
)

// JobStarted writes that a job of a kind has started.
func (w *Writer) JobStarted(kind string) {
	w.one(line{kind: kind}, "JobsStarted", []string{byService}, []string{byService, byKind})
}

// JobEnded writes that a job has ended, and the numbers of its records by outcome.
func (w *Writer) JobEnded(kind, status string, records map[string]int) {
	w.one(line{kind: kind, status: status}, "JobsEnded", []string{byService}, []string{byService, byKind}, []string{byService, byStatus})
	for _, outcome := range slices.Sorted(maps.Keys(records)) {
		l := line{kind: kind, status: outcome, values: []value{{"JobRecords", "Count", int64(records[outcome])}}}
		l.directives = []selection{{dimensions: [][]string{{byService, byKind}, {byService, byStatus}}}}
		w.print(l)
	}
}

// JobLeg writes what one call of the worker has taken from the provider.
func (w *Writer) JobLeg(c httpapi.Counts) {
	var values []value
	for _, v := range valuesOf(httpapi.Summary{Counts: c}) {
		if !slices.Contains(ofRequests, v.name) {
			values = append(values, v)
		}
	}
	if len(values) > 0 {
		w.print(line{values: values, directives: []selection{{dimensions: [][]string{{byService}}}}})
	}
}

// ofRequests are the metrics that only requests have.
var ofRequests = []string{"Requests", "Faults", "Latency"}
