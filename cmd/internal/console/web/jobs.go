package web

import (
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

// listJobs serves GET /jobs. The list leaves out jobs that the person may not start.
func (s *Site) listJobs(w http.ResponseWriter, r *http.Request, v visit) {
	query, cursor := url.Values{"limit": {"25"}}, r.URL.Query().Get("cursor")
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	got, _, err := usher.Read[usher.Jobs](r.Context(), s.Usher, v.person.User.ID, "/jobs", query)
	page := jobList{Next: got.Next, Later: cursor != "", Failure: s.jobReadFailure(err)}
	for _, j := range got.Jobs {
		if v.person.maySee(j) {
			page.Jobs = append(page.Jobs, v.person.row(j))
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
