package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"usher/cmd/internal/console/usher"
)

// exportFilters are the parameters of an export in the form.
var exportFilters = []string{
	"user_id", "email", "search", "connection", "email_verified", "blocked", "created_after", "created_before", "last_login_after", "last_login_before",
}

// startExport serves POST /exports. The form's key makes Usher start one job, however often it is sent.
func (s *Site) startExport(w http.ResponseWriter, r *http.Request, v visit) {
	k, _ := kindNamed(exports)
	query := exportQuery(r.PostForm)
	if !v.person.mayStart(k) || query.Has("user_id") && !v.person.WholeRecords() {
		s.noJobs(w, r, v, exports)
		return
	}
	key := r.PostForm.Get("key")
	if !v.session.Take(key) {
		s.fail(w, r, http.StatusConflict, notice{Text: "This form was already sent, so nothing was done now.", Cure: "Look at the list of jobs, or load the form again."})
		return
	}
	got, err := s.Usher.Do(r.Context(), usher.Call{
		Method: http.MethodPost, Path: "/" + exports, Query: query, Actor: v.person.User.ID, Header: http.Header{"Idempotency-Key": {key}},
	})
	job, err := usher.As[usher.Job](got, err)
	if err == nil {
		v.session.Tell(notice{Kind: "good", Text: "The export is started. Only you can see its results.", RequestID: got.RequestID})
		http.Redirect(w, r, usher.Path("jobs", job.ID), http.StatusSeeOther)
		return
	}
	body := newJobForm(v, k, r.PostForm)
	if p, ok := errors.AsType[*usher.Problem](err); !ok || p.Status >= http.StatusInternalServerError || p.Status == http.StatusTooManyRequests {
		v.session.Return(key) // the job may exist
		body.Key = key
	}
	failure := s.jobFailure(err)
	body.Failure = &failure
	s.show(w, r, statusOf(err), templateOf(k), k.Title, body)
}

// exportQuery returns the parameters for Usher. A date is the begin of a day in UTC.
func exportQuery(form url.Values) url.Values {
	query := url.Values{}
	for _, name := range exportFilters {
		value := strings.TrimSpace(form.Get(name))
		if value == "" {
			continue
		}
		if day, err := time.Parse(time.DateOnly, value); err == nil && (strings.HasSuffix(name, "_after") || strings.HasSuffix(name, "_before")) {
			value = day.Format(time.RFC3339)
		}
		query.Set(name, value)
	}
	return query
}
