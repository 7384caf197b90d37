package web

import (
	"errors"
	"net/http"

	"usher/cmd/internal/console/usher"
)

// withoutJobs replaces the words for the errors of a stack without jobs.
func withoutJobs(n notice, err error) notice {
	if p, ok := errors.AsType[*usher.Problem](err); ok && (p.Code == "not-authenticated-or-no-such-route" || p.Code == "no-such-route") {
		n.Text, n.Cure = "This stack has no jobs, or the console has no permission for them.",
			"Ask the operator: the stack may have Jobs=off, or the console's own role lacks the permission."
	}
	return n
}

// explainJobRead puts an error of a read about jobs into words.
func explainJobRead(err error) notice { return withoutJobs(explainRead(err), err) }

// jobReadFailure explains why something about jobs cannot be shown; nil for no error.
func (s *Site) jobReadFailure(err error) *notice {
	if err == nil {
		return nil
	}
	s.logCall(err)
	n := explainJobRead(err)
	n.Kind = "bad"
	return &n
}

// jobFailure puts an error of a change into words. A start has a key and a job is read before each other
// change, so that a repeat does nothing twice.
func (s *Site) jobFailure(err error) notice {
	s.logCall(err)
	n := withoutJobs(inPlainWords(err, isUnknown, "You can repeat it: nothing is done twice."), err)
	n.Kind = "bad"
	return n
}

// failJob writes a page for an error of a read about jobs.
func (s *Site) failJob(w http.ResponseWriter, r *http.Request, err error) {
	s.logCall(err)
	s.fail(w, r, statusOf(err), explainJobRead(err))
}
