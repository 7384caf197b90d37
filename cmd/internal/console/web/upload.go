package web

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"usher/cmd/internal/console/records"
	"usher/cmd/internal/console/session"
	"usher/cmd/internal/console/usher"
)

const (
	// maxFile bounds a file, in bytes.
	maxFile = 32_000_000

	// maxUpload bounds what is read of a request with a file. What is too large is read and dropped, because
	// browsers show the answer only after they have sent everything.
	maxUpload = 3 * maxFile

	// maxFields bounds the fields before a file.
	maxFields = 20

	// uploadTime is the time for a file, also on slow lines.
	uploadTime = 3 * time.Minute
)

// upload is a file in the session, and the jobs that were started with it.
type upload struct {
	ID      string
	Name    string // of the file, as the browser gives it
	Kind    jobKind
	Options url.Values // the query of the start
	Summary records.Summary
	Until   time.Time
	Key     string // each part has an Idempotency-Key that is derived from it

	file  *records.File
	start sync.Mutex // one start at a time
	mu    sync.Mutex
	jobs  []string // IDs by part; shorter before all are started
}

// Jobs returns the IDs of the started jobs.
func (u *upload) Jobs() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]string{}, u.jobs...)
}

// Left returns how many jobs have not been started.
func (u *upload) Left() int { return u.Summary.Parts - len(u.Jobs()) }

// IsCSV reports whether the file is CSV.
func (u *upload) IsCSV() bool { return u.file.IsCSV() }

// Columns returns the names in the header.
func (u *upload) Columns() []string { return u.file.Columns() }

// Upserts reports whether the file updates existing users by an import.
func (u *upload) Upserts() bool { return u.Options.Get("upsert") == "true" }

// mayStart reports whether a person may start the jobs of a file.
func (u *upload) mayStart(p person) bool {
	return p.mayStart(u.Kind) && p.Groups.HasAll(u.Summary.Needs) && (!u.Upserts() || p.Upserts())
}

// uploadsOf returns the session's files whose jobs the person may start, newest first.
func (s *Site) uploadsOf(v visit) []*upload {
	var all []*upload
	for _, f := range s.sessions.Files(v.session) {
		if u, ok := f.Value.(*upload); ok && u.mayStart(v.person) {
			all = append(all, u)
		}
	}
	return all
}

// uploadOf returns the file of a job; nil if the session does not have it.
func (s *Site) uploadOf(v visit, job string) *upload {
	for _, u := range s.uploadsOf(v) {
		for _, id := range u.Jobs() {
			if id == job {
				return u
			}
		}
	}
	return nil
}

// extend gives a request more time than others.
func extend(w http.ResponseWriter, d time.Duration) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(d)) // a server without deadlines needs no more time
	_ = control.SetWriteDeadline(time.Now().Add(d))
}

// hasUploadToken checks the token of a form with a file. The fields before the file are then in PostForm,
// and the file is the body.
func (s *Site) hasUploadToken(w http.ResponseWriter, r *http.Request, x *session.Session) bool {
	extend(w, uploadTime)
	form, err := r.MultipartReader()
	r.PostForm = url.Values{}
	for fields := 0; err == nil; fields++ {
		part, next := form.NextPart()
		if next != nil {
			err = next
			break
		}
		if part.FormName() == "file" {
			r.PostForm.Set("name", part.FileName())
			r.Body = part
			break
		}
		value, failed := io.ReadAll(io.LimitReader(part, 4<<10))
		if err = failed; fields == maxFields {
			err = errors.New("the form has too many fields")
		}
		r.PostForm.Add(part.FormName(), string(value))
	}
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, notice{Text: "The form could not be read, so nothing was done.", Cure: "Load the page again, and choose a file."})
		return false
	}
	return s.ownsToken(w, r, x)
}

// newJob serves GET /new-job/{kind}.
func (s *Site) newJob(w http.ResponseWriter, r *http.Request, v visit, k jobKind) {
	s.show(w, r, http.StatusOK, templateOf(k), k.Title, newJobForm(v, k, url.Values{}))
}

// newJobBody is the data of the form for a new job.
type newJobBody struct {
	Kind    jobKind
	Columns []string
	Values  map[string]string
	Key     string // of an export
	Failure *notice
}

func newJobForm(v visit, k jobKind, values url.Values) newJobBody {
	body := newJobBody{Kind: k, Columns: k.records.For(v.person.Groups).Columns(), Values: map[string]string{}}
	for name := range values {
		body.Values[name] = values.Get(name)
	}
	if k.Name == exports {
		body.Key = v.session.Key()
	}
	return body
}

func templateOf(k jobKind) string {
	if k.Name == exports {
		return "newexport"
	}
	return "newjob"
}

// takeFile serves POST /files: it keeps a file in the session, and leads to its preview.
func (s *Site) takeFile(w http.ResponseWriter, r *http.Request, v visit) {
	k, known := kindNamed(r.PostForm.Get("kind"))
	upserts := k.Name == imports && r.PostForm.Get("upsert") == "true"
	if !known || k.Name == exports || !v.person.mayStart(k) || upserts && !v.person.Upserts() {
		drop(r)
		s.noJobs(w, r, v, k.Name)
		return
	}
	again := func(status int, n notice) {
		drop(r)
		n.Kind = "bad"
		body := newJobForm(v, k, r.PostForm)
		body.Failure = &n
		s.show(w, r, status, templateOf(k), k.Title, body)
	}
	if r.ContentLength < 0 || r.ContentLength > maxFile+(64<<10) {
		again(http.StatusRequestEntityTooLarge, notice{Text: "The file is larger than 32 MB, so nothing was done.", Cure: "Split it into smaller files."})
		return
	}
	release, ok := s.sessions.Reserve(r.ContentLength)
	if !ok {
		again(http.StatusServiceUnavailable, notice{Text: "The console holds too many files at the moment, so nothing was done.", Cure: "Try again later, or remove files that you do not need."})
		return
	}
	defer release()
	content := bytes.NewBuffer(make([]byte, 0, r.ContentLength+bytes.MinRead)) // does not grow
	if _, err := content.ReadFrom(r.Body); err != nil {
		again(http.StatusBadRequest, notice{Text: "The file did not arrive completely, so nothing was done.", Cure: "Upload it again."})
		return
	}
	file := s.sessions.NewFile(r.ContentLength)
	u := &upload{ID: file.ID, Name: r.PostForm.Get("name"), Kind: k, Options: optionsOf(k, r.PostForm), Until: file.Until, Key: rand.Text()}
	if n := u.read(content.Bytes(), v.person); n != nil {
		again(http.StatusUnprocessableEntity, *n)
		return
	}
	file.Value = u
	s.sessions.Hold(v.session, file)
	http.Redirect(w, r, usher.Path("files", u.ID), http.StatusSeeOther)
}

func drop(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// optionsOf returns the parameters of a start that a form has.
func optionsOf(k jobKind, form url.Values) url.Values {
	options := url.Values{}
	for name, wanted := range map[string]string{"connection": imports, "upsert": imports, "if_signed_in": "user-deletions"} {
		if value := form.Get(name); value != "" && k.Name == wanted {
			options.Set(name, value)
		}
	}
	return options
}

// read reads the file; nil if it has no fault.
func (u *upload) read(content []byte, p person) *notice {
	var err error
	if u.file, err = records.Open(content, u.Kind.records.For(p.Groups)); err != nil {
		return &notice{Text: err.Error(), Cure: "Nothing was done."}
	}
	var self *records.Self
	if u.Kind.changesOthers || u.Upserts() {
		self = &records.Self{ID: p.User.ID, Email: p.User.Email}
	}
	u.Summary = u.file.Check(self)
	if len(u.Summary.Faults) == 0 {
		return nil
	}
	n := &notice{Text: "The file has faults, so nothing was done.", Cure: "Correct these lines, and upload the file again."}
	for _, fault := range u.Summary.Faults {
		n.Details = append(n.Details, fault.Error())
	}
	if u.Summary.More > 0 {
		n.Details = append(n.Details, fmt.Sprintf("and %d more", u.Summary.More))
	}
	return n
}
