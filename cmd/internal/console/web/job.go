package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"usher/cmd/internal/console/usher"
)

// jobPage is the data of the page about a job.
type jobPage struct {
	Job      jobRow
	Offers   map[string]bool
	Upload   *upload // the file of the job, if the session still has it
	Results  []resultRow
	Status   string // the filter
	Statuses []count
	Next     string
	Later    bool
	Failure  *notice // of the results
	Secret   bool    // the results are only for the person who has started the job
	Lines    bool    // whether the filtered lines can be downloaded
}

// resultRow is a result with words for it.
type resultRow struct {
	usher.Result
	State  happening
	Label  string // of an exported user
	Reason string
}

// recordStatuses are the filters of results.
var recordStatuses = []string{"pending", "planned", "succeeded", "failed", "skipped", "unknown"}

// onJob reads the job in the path before a handler.
func (s *Site) onJob(h func(w http.ResponseWriter, r *http.Request, v visit, j jobRow)) handler {
	return s.startsJobs(func(w http.ResponseWriter, r *http.Request, v visit) {
		j, err := s.readJob(r.Context(), v, r.PathValue("id"))
		switch {
		case err != nil:
			s.failJob(w, r, err)
		case !v.person.maySee(j.Job):
			s.noJobs(w, r, v, j.Kind)
		default:
			h(w, r, v, j)
		}
	})
}

func (s *Site) readJob(ctx context.Context, v visit, id string) (jobRow, error) {
	j, _, err := usher.Read[usher.Job](ctx, s.Usher, v.person.User.ID, usher.Path("jobs", id), nil)
	return v.person.row(j), err
}

// showJob serves GET /jobs/{id}.
func (s *Site) showJob(w http.ResponseWriter, r *http.Request, v visit, j jobRow) {
	asked := r.URL.Query()
	page := jobPage{
		Job: j, Offers: jobOffers(j), Status: asked.Get("status"), Statuses: j.Counts(), Later: asked.Get("cursor") != "",
		Secret: !v.person.maySeeResults(j.Job), Upload: s.uploadOf(v, j.ID),
	}
	if !slices.Contains(recordStatuses, page.Status) {
		page.Status = ""
	}
	page.Lines = j.Kind != exports && slices.Contains(sendable, page.Status)
	if !page.Secret {
		s.fillResults(r, v, &page)
	}
	s.show(w, r, http.StatusOK, "job", j.Title(), page)
}

func (s *Site) fillResults(r *http.Request, v visit, page *jobPage) {
	query := url.Values{"limit": {"25"}}
	if page.Status != "" {
		query.Set("status", page.Status)
	}
	if page.Later {
		query.Set("cursor", r.URL.Query().Get("cursor"))
	}
	got, _, err := usher.Read[usher.Results](r.Context(), s.Usher, v.person.User.ID, usher.Path("jobs", page.Job.ID, "results"), query)
	page.Next, page.Failure = got.Next, s.jobReadFailure(err)
	for _, one := range got.Results {
		row := resultRow{Result: one, State: jobState(one.Status), Reason: reasonOf(one)}
		var user usher.User
		if json.Unmarshal(one.User, &user) == nil {
			row.Label = user.Label()
		}
		page.Results = append(page.Results, row)
	}
}

// reasonOf returns the problem of a record as a text.
func reasonOf(r usher.Result) string {
	if r.Problem == nil {
		return ""
	}
	parts := []string{r.Problem.Detail}
	for _, fault := range r.Problem.Errors {
		if text := strings.TrimPrefix(fault.Field+": "+fault.Detail, ": "); text != r.Problem.Detail {
			parts = append(parts, text)
		}
	}
	text := []rune(strings.Join(parts, " ") + " (" + r.Problem.Code + ")")
	return string(text[:min(len(text), 1000)])
}

// Path returns the address of something of the job.
func (p jobPage) Path(name string) string {
	return usher.Path("jobs", p.Job.ID, name)
}

// Number returns the number of a record, as people count.
func (r resultRow) Number() int { return r.Index + 1 }
