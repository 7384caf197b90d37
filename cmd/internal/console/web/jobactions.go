package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"usher/cmd/internal/console/usher"
)

// jobAction is a change of a job. Its form is sent to /jobs/{id}/NAME.
type jobAction struct {
	name    string
	offered func(j jobRow) bool
	run     func(s *Site, r *http.Request, v visit, j jobRow) (notice, error)
}

func jobActions() []jobAction {
	return []jobAction{
		{"cancel", func(j jobRow) bool { return !j.Ended() && !j.Confirmed() }, cancelJob},
		{"stop", jobRow.Confirmed, stopDeletion},
		{"confirm", func(j jobRow) bool { return j.Status == "planned" && j.Planned > 0 }, confirmDeletion},
		{"erase", jobRow.Ended, eraseJob},
	}
}

func jobOffers(j jobRow) map[string]bool {
	offered := map[string]bool{}
	for _, a := range jobActions() {
		offered[a.name] = a.offered(j)
	}
	return offered
}

// changeJob serves the form of an action. It has read the job, because Usher's DELETE means something else
// after the end of a job.
func (s *Site) changeJob(a jobAction) http.HandlerFunc {
	return s.signedIn(s.onJob(func(w http.ResponseWriter, r *http.Request, v visit, j jobRow) {
		if !a.offered(j) {
			v.session.Tell(notice{Kind: "warn", Text: "The job has changed in the meantime, so nothing was done.", Cure: "Look at its state."})
			http.Redirect(w, r, usher.Path("jobs", j.ID), http.StatusSeeOther)
			return
		}
		n, err := a.run(s, r, v, j)
		if no, ok := errors.AsType[*refused](err); ok {
			s.fail(w, r, http.StatusForbidden, notice{Text: no.why + " Nothing was done."})
			return
		}
		if err != nil {
			n = s.jobFailure(err)
		}
		v.session.Tell(n)
		http.Redirect(w, r, usher.Path("jobs", j.ID), http.StatusSeeOther)
	}), true)
}

func (s *Site) deleteJob(r *http.Request, v visit, j jobRow, query url.Values) (usher.Answer, error) {
	return s.Usher.Do(r.Context(), usher.Call{Method: http.MethodDelete, Path: usher.Path("jobs", j.ID), Query: query, Actor: v.person.User.ID})
}

// told is the result of a DELETE. Usher erases a job that has just ended.
func told(got usher.Answer, cancelled string) notice {
	if got.Status == http.StatusNoContent {
		return notice{Kind: "warn", Text: "The job had already ended, so its results are erased instead.", RequestID: got.RequestID}
	}
	return notice{Kind: "good", Text: cancelled, RequestID: got.RequestID}
}

func cancelJob(s *Site, r *http.Request, v visit, j jobRow) (notice, error) {
	got, err := s.deleteJob(r, v, j, nil)
	return told(got, "The job is cancelled. Records that are being processed are completed, and the rest is skipped."), err
}

func stopDeletion(s *Site, r *http.Request, v visit, j jobRow) (notice, error) {
	got, err := s.deleteJob(r, v, j, url.Values{"if_confirmed": {"stop"}})
	return told(got, "The deletion is stopped. Deleted users do not come back, and the rest is skipped."), err
}

func eraseJob(s *Site, r *http.Request, v visit, j jobRow) (notice, error) {
	got, err := s.deleteJob(r, v, j, nil)
	return notice{Kind: "good", Text: "The records and results of the job are erased. Its counts remain until it expires.", RequestID: got.RequestID}, err
}

// confirmDeletion deletes the planned users, if the person has typed their number and is not one of them.
func confirmDeletion(s *Site, r *http.Request, v visit, j jobRow) (notice, error) {
	number, _ := strconv.Atoi(strings.TrimSpace(r.PostForm.Get("number"))) // 0 is never right
	if number != j.Planned {
		return notice{Kind: "bad", Text: "The typed number is not that of the planned users, so nothing was deleted.", Cure: fmt.Sprintf("To delete them, type %d.", j.Planned)}, nil
	}
	err := s.eachResult(r.Context(), v, j.ID, "planned", func(one usher.Result) error {
		if one.UserID == v.person.User.ID {
			return &refused{"Your own account is among these users. Ask a colleague to plan the deletion without it."}
		}
		return nil
	})
	if err != nil {
		return notice{}, err
	}
	got, err := s.Usher.Do(context.WithoutCancel(r.Context()), usher.Call{
		Method: http.MethodPost, Path: usher.Path("jobs", j.ID, "confirmation"), Body: map[string]any{"delete": number}, Actor: v.person.User.ID,
	})
	return notice{Kind: "good", Text: "The deletion of " + plural(number, "user", "users") + " has begun.", RequestID: got.RequestID}, err
}
