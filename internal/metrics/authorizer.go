package metrics

// Denied writes that the authorizer refused a token. reason must have few values, since each
// is a separate metric.
func (w *Writer) Denied(reason string) {
	line := w.document()
	line.Code = reason
	w.one(line, "AuthorizerDenials", []string{byService}, []string{byService, byCode})
}

// Failed writes that the authorizer could not check a token.
func (w *Writer) Failed() { w.one(w.document(), "AuthorizerFailures", []string{byService}) }
