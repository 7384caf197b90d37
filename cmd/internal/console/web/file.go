package web

import (
	"fmt"
	"net/http"

	"usher/cmd/internal/console/usher"
)

// fileHandler serves something about a file in the session.
type fileHandler func(w http.ResponseWriter, r *http.Request, v visit, u *upload)

// onFile finds the file in the path among those of the session.
func (s *Site) onFile(h fileHandler) handler {
	return func(w http.ResponseWriter, r *http.Request, v visit) {
		for _, u := range s.uploadsOf(v) {
			if u.ID == r.PathValue("id") {
				h(w, r, v, u)
				return
			}
		}
		s.fail(w, r, http.StatusNotFound, notice{
			Text: "The console does not have this file any more, so nothing was done.",
			Cure: "It keeps files for one hour, and until you sign out. Look at your jobs before you upload the file again.",
		})
	}
}

// showFile serves GET /files/{id}, the preview.
func (s *Site) showFile(w http.ResponseWriter, r *http.Request, _ visit, u *upload) {
	s.show(w, r, http.StatusOK, "file", u.Kind.Title, u)
}

// forgetFile serves POST /files/{id}/forget.
func (s *Site) forgetFile(w http.ResponseWriter, r *http.Request, v visit, u *upload) {
	s.sessions.Forget(v.session, u.ID)
	v.session.Tell(notice{Kind: "good", Text: "The file is removed from the console. Jobs that were started with it continue."})
	http.Redirect(w, r, "/jobs", http.StatusSeeOther)
}

// startFile serves POST /files/{id}/start. It starts the parts that have no job. The Idempotency-Key of a
// part remains the same, so that a repeat doubles nothing.
func (s *Site) startFile(w http.ResponseWriter, r *http.Request, v visit, u *upload) {
	if r.PostForm.Get("key") != u.Key {
		s.fail(w, r, http.StatusConflict, notice{Text: "This form is not that of the file, so nothing was done.", Cure: "Load the page of the file again."})
		return
	}
	extend(w, uploadTime)
	u.start.Lock()
	defer u.start.Unlock()
	requestID, err := s.startParts(r, v, u)
	if err != nil {
		n := s.jobFailure(err)
		if started := len(u.Jobs()); started > 0 {
			n.Kind, n.Text = "warn", fmt.Sprintf("%d of %d jobs are started. %s", started, u.Summary.Parts, n.Text)
		}
		v.session.Tell(n)
		http.Redirect(w, r, usher.Path("files", u.ID), http.StatusSeeOther)
		return
	}
	v.session.Tell(notice{Kind: "good", Text: plural(u.Summary.Parts, "job is", "jobs are") + " started.", RequestID: requestID})
	to := usher.Path("files", u.ID)
	if ids := u.Jobs(); len(ids) == 1 {
		to = usher.Path("jobs", ids[0])
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// startParts starts the parts in their order until one fails.
func (s *Site) startParts(r *http.Request, v visit, u *upload) (requestID string, err error) {
	i, started := 0, len(u.Jobs())
	for part := range u.file.Parts() {
		if i++; i <= started {
			continue
		}
		got, err := s.Usher.Do(r.Context(), usher.Call{
			Method: http.MethodPost, Path: "/" + u.Kind.Name, Query: u.Options, Lines: part.Lines, Actor: v.person.User.ID,
			Header: http.Header{"Idempotency-Key": {fmt.Sprintf("%s-%d", u.Key, i)}},
		})
		job, err := usher.As[usher.Job](got, err)
		if err != nil {
			return "", err
		}
		u.mu.Lock()
		u.jobs = append(u.jobs, job.ID)
		u.mu.Unlock()
		requestID = got.RequestID
	}
	return requestID, nil
}

// firstOf returns the index in the file of the first record of a job.
func (u *upload) firstOf(job string) int {
	ids, i := u.Jobs(), 0
	for part := range u.file.Parts() {
		if i < len(ids) && ids[i] == job {
			return part.First
		}
		i++
	}
	return 0
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
