package metrics

import (
	"io"
	"time"

	"usher/internal/httpapi"
)

// Namespace is the namespace of all metrics.
const Namespace = "Usher"

// The dimensions. CloudWatch bills every combination of values as a separate metric, so a
// dimension never contains a path, a user or a caller.
const (
	byService   = "Service"   // the stack
	byOperation = "Operation" // the route's pattern
	byCode      = "Code"      // a problem's code, or the reason for refusing a token
	byKind      = "Kind"      // of jobs
	byStatus    = "Status"    // of jobs and their records
)

// Writer writes the metrics of requests. It is safe for concurrent use if its output is.
type Writer struct {
	out     io.Writer
	service string
	now     func() time.Time
}

// New returns a Writer for a service.
func New(out io.Writer, service string, now func() time.Time) *Writer {
	return &Writer{out: out, service: service, now: now}
}

// The selections of a request: all values by service, some also by operation or code.
var (
	selections = []selection{
		{dimensions: [][]string{{byService}}},
		{[][]string{{byService, byOperation}}, ofOperations},
	}
	selectionsOfProblem = append(selections[:2:2], selection{[][]string{{byService, byCode}}, ofCodes})
)

// Write writes the metrics of one request.
func (w *Writer) Write(s httpapi.Summary) {
	l := line{operation: s.Route, code: s.Problem, values: valuesOf(s), directives: selections}
	if s.Problem != "" {
		l.directives = selectionsOfProblem
	}
	w.print(l)
}

// Unprepared writes that the preparation of a process failed.
func (w *Writer) Unprepared() { w.one(line{}, preparationFailures, []string{byService}) }

// one writes one occurrence of something that belongs to no request.
func (w *Writer) one(l line, metric string, dimensions ...[]string) {
	l.values = []value{{metric, "Count", 1}}
	l.directives = []selection{{dimensions: dimensions}}
	w.print(l)
}

func (w *Writer) print(l line) {
	l.at, l.service = w.now().UnixMilli(), w.service
	_, _ = w.out.Write(l.encode()) // an error of the log cannot be logged
}
