package web

import (
	"errors"
	"net/http"
	"net/url"

	"usher/cmd/internal/console/usher"
)

// jobList is the data of the page with jobs.
type jobList struct {
	Jobs    []jobRow
	Files   []*upload
	Next    string
	Later   bool
	Failure *notice
}

// jobRow is a job with words for it.
type jobRow struct {
	usher.Job
	Mine bool
}

// listJobs serves GET /jobs. The list leaves out jobs that the person may not start.
func (s *Site) listJobs(w http.ResponseWriter, r *http.Request, v visit) {
	query, cursor := url.Values{"limit": {"25"}}, r.URL.Query().Get("cursor")
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	got, _, err := usher.Read[usher.Jobs](r.Context(), s.Usher, v.person.User.ID, "/jobs", query)
	page := jobList{Next: got.Next, Later: cursor != "", Failure: s.jobFailure(err)}
	for _, j := range got.Jobs {
		if v.person.maySee(j) {
			page.Jobs = append(page.Jobs, jobRow{j, j.Actor == v.person.User.ID})
		}
	}
	if !page.Later {
		page.Files = s.uploadsOf(v)
	}
	s.show(w, r, statusOrOK(err), "jobs", "Jobs", page)
}

func statusOrOK(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return statusOf(err)
}

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

// Title returns the kind in words.
func (j jobRow) Title() string {
	if k, known := kindNamed(j.Kind); known {
		return k.Title
	}
	return "A job"
}

// jobStates are the statuses of jobs and records in words, with the kinds of their badges.
var jobStates = map[string]happening{
	"pending": {"Waiting", ""}, "running": {"Running", ""}, "planned": {"Planned", "warn"}, "succeeded": {"Succeeded", "good"},
	"failed": {"Failed", "bad"}, "cancelled": {"Cancelled", "warn"}, "expired": {"Expired", "warn"}, "skipped": {"Skipped", "warn"}, "unknown": {"Unknown", "warn"},
}

func jobState(status string) happening {
	if known, ok := jobStates[status]; ok {
		return known
	}
	return happening{Text: "Another state"}
}

// State returns the status of the job in words.
func (j jobRow) State() happening {
	switch {
	case j.Status == "planned":
		return happening{"Waits for a confirmation", "warn"}
	case j.Status == "succeeded" && j.Failed+j.Unknown > 0:
		return happening{"Done, with problems", "warn"}
	case j.Status == "succeeded":
		return happening{"Done", "good"}
	}
	return jobState(j.Status)
}

// All returns the number of records so far.
func (j jobRow) All() int {
	if j.Total != nil {
		return *j.Total
	}
	return j.Pending + j.Planned + j.Succeeded + j.Failed + j.Skipped + j.Unknown
}

// Done returns the number of processed records. After the confirmation of a deletion, planned users remain.
func (j jobRow) Done() int {
	done := j.All() - j.Pending
	if j.Confirmed() {
		done -= j.Planned
	}
	return done
}

// Runs reports whether the job continues without a person.
func (j jobRow) Runs() bool { return j.Status == "pending" || j.Status == "running" }

// Ended reports whether the job has ended.
func (j jobRow) Ended() bool { return !j.Runs() && j.Status != "planned" }

// Confirmed reports whether the job is a confirmed deletion under way.
func (j jobRow) Confirmed() bool { return j.Runs() && !j.PlannedAt.IsZero() }

// count is a number of records with a status.
type count struct {
	Status string
	State  happening
	Number int
}

// Counts returns the numbers of records by status, without zeros.
func (j jobRow) Counts() []count {
	var all []count
	for _, c := range []struct {
		status string
		number int
	}{{"pending", j.Pending}, {"planned", j.Planned}, {"succeeded", j.Succeeded}, {"failed", j.Failed}, {"skipped", j.Skipped}, {"unknown", j.Unknown}} {
		if c.number > 0 {
			all = append(all, count{c.status, jobState(c.status), c.number})
		}
	}
	return all
}
