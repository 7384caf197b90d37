package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"usher/cmd/internal/console/records"
	"usher/cmd/internal/console/usher"
)

// sendable are the statuses of records that may be corrected and sent again.
var sendable = []string{"failed", "skipped", "unknown"}

const (
	// maxPages bounds the calls of a download: a million users.
	maxPages = 1000

	// pageTime is the time for each page of a download.
	pageTime = time.Minute
)

// eachResult calls f for the results of a job with a status, page by page. It ends when the person has lost
// a permission in the meantime.
func (s *Site) eachResult(ctx context.Context, v visit, id, status string, f func(usher.Result) error) error {
	query := url.Values{"limit": {"1000"}, "status": {status}}
	for range maxPages {
		p, err := s.personOf(ctx, v.session, false)
		if err == nil && !p.Groups.HasAll(v.person.Groups) {
			err = errors.New("the person has lost a permission")
		}
		if err != nil {
			return err
		}
		page, _, err := usher.Read[usher.Results](ctx, s.Usher, v.person.User.ID, usher.Path("jobs", id, "results"), query)
		if err != nil {
			return err
		}
		for _, one := range page.Results {
			if err := f(one); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		query.Set("cursor", page.Next)
	}
	return errors.New("the job has too many results for a download")
}

// downloadLines serves GET /jobs/{id}/lines: the records with a status, to correct and upload again. It has
// the form of the uploaded file while the session has that, and otherwise what the results say.
func (s *Site) downloadLines(w http.ResponseWriter, r *http.Request, v visit, j jobRow) {
	status := r.URL.Query().Get("status")
	if !slices.Contains(sendable, status) || j.Kind == exports {
		s.fail(w, r, http.StatusNotFound, notice{Text: "There is no such download.", Cure: "Choose a filter on the page of the job."})
		return
	}
	extend(w, uploadTime)
	u := s.uploadOf(v, j.ID)
	var found []usher.Result
	err := s.eachResult(r.Context(), v, j.ID, status, func(one usher.Result) error {
		found = append(found, one)
		return nil
	})
	if err != nil {
		s.failJob(w, r, err)
		return
	}
	if u == nil {
		attach(w, "text/csv; charset=utf-8", status+"-results.csv")
		err = writeResults(w, found)
	} else {
		err = writeLines(w, u, j.ID, status, found)
	}
	if err != nil {
		s.logCall(err)
		panic(http.ErrAbortHandler) // so that the browser does not take a part for the whole
	}
}

func writeLines(w http.ResponseWriter, u *upload, job, status string, found []usher.Result) error {
	first, reasons := u.firstOf(job), map[int]string{}
	for _, one := range found {
		reasons[first+one.Index] = reasonOf(one)
	}
	if !u.IsCSV() {
		attach(w, "application/x-ndjson", status+".ndjson")
		return u.file.WriteFailed(w, reasons)
	}
	attach(w, "text/csv; charset=utf-8", status+".csv")
	if _, err := w.Write([]byte(records.ByteOrderMark)); err != nil {
		return err
	}
	return u.file.WriteFailed(w, reasons)
}

func writeResults(w http.ResponseWriter, found []usher.Result) error {
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(records.ByteOrderMark) // Flush returns the error
	records.WriteRow(out, ',', []string{"record", "ref", "user_id", "status", records.ProblemName})
	for _, one := range found {
		records.WriteRow(out, ',', []string{strconv.Itoa(one.Index + 1), one.Ref, one.UserID, one.Status, reasonOf(one)})
	}
	return out.Flush()
}

// attach begins a download. The name is the console's own, because the person's file name may be hostile.
func attach(w http.ResponseWriter, mediaType, name string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// downloadUsers serves GET /jobs/{id}/users: the users of an export as NDJSON, page by page.
func (s *Site) downloadUsers(w http.ResponseWriter, r *http.Request, v visit, j jobRow) {
	if j.Kind != exports || !v.person.maySeeResults(j.Job) {
		s.noJobs(w, r, v, j.Kind)
		return
	}
	out, begun := bufio.NewWriter(w), false
	err := s.eachResult(r.Context(), v, j.ID, "succeeded", func(one usher.Result) error {
		if !begun {
			attach(w, "application/x-ndjson", "users.ndjson")
			begun = true
		}
		extend(w, pageTime)
		return writeUser(out, one.User)
	})
	switch {
	case err != nil && begun:
		s.logCall(err)
		panic(http.ErrAbortHandler) // so that the browser does not take a part for the whole
	case err != nil:
		s.failJob(w, r, err)
		return
	case !begun:
		attach(w, "application/x-ndjson", "users.ndjson")
	}
	_ = out.Flush() // the browser has gone
}

// writeUser writes a line. Usher's JSON is on one line.
func writeUser(out *bufio.Writer, user json.RawMessage) error {
	if len(user) == 0 {
		return nil
	}
	_, _ = out.Write(user) // the next write returns the error
	return out.WriteByte('\n')
}
