package metrics

// Denied writes that the authorizer refused a token. reason must have few values, since each
// is a separate metric.
func (w *Writer) Denied(reason string) {
	line := w.document()
	line.Code = reason
	w.authorizers(line, "AuthorizerDenials", []string{byService}, []string{byService, byCode})
}

// Failed writes that the authorizer could not check a token.
func (w *Writer) Failed() { w.authorizers(w.document(), "AuthorizerFailures", []string{byService}) }

func (w *Writer) authorizers(line document, metric string, dimensions ...[]string) {
	line.values = map[string]value{metric: {1, "Count"}}
	line.AWS.Metrics = []directive{{Namespace, dimensions, line.present([]string{metric})}}
	w.print(line)
}
