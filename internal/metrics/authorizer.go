package metrics

// Denied writes that the authorizer refused a token. reason must have few values, since each
// is a separate metric.
func (w *Writer) Denied(reason string) {
	w.authorizers(line{code: reason}, "AuthorizerDenials", []string{byService}, []string{byService, byCode})
}

// Failed writes that the authorizer could not check a token.
func (w *Writer) Failed() { w.authorizers(line{}, "AuthorizerFailures", []string{byService}) }

func (w *Writer) authorizers(l line, metric string, dimensions ...[]string) {
	l.values = []value{{metric, "Count", 1}}
	l.directives = []selection{{dimensions: dimensions}}
	w.print(l)
}
