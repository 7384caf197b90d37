package web

import (
	"errors"
	"net/http"

	"usher/cmd/internal/console/usher"
)

// explainJob explains an error of a call about jobs.
func explainJob(err error) notice {
	n := explain(err)
	if p, ok := errors.AsType[*usher.Problem](err); ok && (p.Code == "not-authenticated-or-no-such-route" || p.Code == "no-such-route") {
		n.Text, n.Cure = "This stack has no jobs, or the console has no permission for them.",
			"Ask the operator: the stack may have Jobs=off, or the console's own role lacks the permission."
	}
	return n
}

// jobFailure explains why something about jobs cannot be shown; nil for no error.
func (s *Site) jobFailure(err error) *notice {
	if err == nil {
		return nil
	}
	s.logCall(err)
	n := explainJob(err)
	n.Kind = "bad"
	return &n
}

// failJob writes a page for an error of a call about jobs.
func (s *Site) failJob(w http.ResponseWriter, r *http.Request, err error) {
	s.logCall(err)
	s.fail(w, r, statusOf(err), explainJob(err))
}
