package metrics

import (
	"encoding/json"
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

// Write writes the metrics of one request.
func (w *Writer) Write(s httpapi.Summary) {
	line := w.document()
	line.Operation, line.Code, line.values = s.Route, s.Problem, valuesOf(s)
	line.AWS.Metrics = []directive{
		{Namespace, [][]string{{byService}}, line.present(all)},
		{Namespace, [][]string{{byService, byOperation}}, line.present(ofOperations)},
	}
	if s.Problem != "" {
		problems := directive{Namespace, [][]string{{byService, byCode}}, line.present(ofCodes)}
		line.AWS.Metrics = append(line.AWS.Metrics, problems)
	}
	w.print(line)
}

// Unprepared writes that the preparation of a process failed.
func (w *Writer) Unprepared() { w.one(w.document(), preparationFailures, []string{byService}) }

// one writes one occurrence of something that belongs to no request.
func (w *Writer) one(line document, metric string, dimensions ...[]string) {
	line.values = map[string]value{metric: {1, "Count"}}
	line.AWS.Metrics = []directive{{Namespace, dimensions, line.present([]string{metric})}}
	w.print(line)
}

func (w *Writer) document() document {
	return document{AWS: metadata{Timestamp: w.now().UnixMilli()}, Level: "INFO", Message: "metrics", Service: w.service}
}

func (w *Writer) print(line document) {
	encoded, err := json.Marshal(line)
	if err != nil {
		return // cannot happen: line has only numbers and strings
	}
	_, _ = w.out.Write(append(encoded, '\n')) // an error of the log cannot be logged
}
