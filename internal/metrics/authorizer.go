package metrics

// Denied writes that the authorizer refused a token. reason must have few values, since each
// is a separate metric.
func (w *Writer) Denied(reason string) {
	w.one(line{code: reason}, "AuthorizerDenials", []string{byService}, []string{byService, byCode})
}

// Failed writes that the authorizer could not check a token.
func (w *Writer) Failed() { w.one(line{}, "AuthorizerFailures", []string{byService}) }
