package metrics

import (
	"encoding/json"
	"io"
	"time"

	"usher/internal/httpapi"
)

// Namespace is that of all metrics.
const Namespace = "Usher"

// The dimensions. Each has few values, since CloudWatch bills every combination
// as a metric of its own: never a path, a user or a caller.
const (
	byService   = "Service"   // the stack
	byOperation = "Operation" // the route's pattern
	byCode      = "Code"      // of a problem, or why a token is refused
)

// Writer writes the metrics of requests. It is safe for concurrent use as far as
// its output is.
type Writer struct {
	out     io.Writer
	service string
	now     func() time.Time
}

// New returns a Writer of the metrics of a service.
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
		line.AWS.Metrics = append(line.AWS.Metrics, directive{Namespace, [][]string{{byService, byCode}}, line.present(ofCodes)})
	}
	w.print(line)
}

func (w *Writer) document() document {
	return document{AWS: metadata{Timestamp: w.now().UnixMilli()}, Level: "INFO", Message: "metrics", Service: w.service}
}

func (w *Writer) print(line document) {
	encoded, err := json.Marshal(line)
	if err != nil {
		return // it cannot be: there are numbers and strings in it
	}
	_, _ = w.out.Write(append(encoded, '\n')) // who could be told?
}
