package localtenant

import (
	"slices"
	"time"

	"usher/localtenant/importfile"
)

// importJob is a job that imports users and has not ended. What it has done by a time follows from
// its start and from settings: each request brings all of them up to date first.
type importJob struct {
	*job
	conn    *connection
	upsert  bool
	mail    bool // one at the end
	records []importfile.Record
	broken  error // of the file; then there are no records

	begins   time.Time     // when it is no longer pending
	each     time.Duration // how long a user takes
	silent   bool          // it fails without errors and without a summary
	until    int           // how many users it goes through
	next     int           // the place of the next one
	inserted int
	updated  int
	failures []failedUser
}

// failedUser is a user who was not imported, as errors show it.
type failedUser struct {
	User   map[string]any       `json:"user"`
	Errors []importfile.Problem `json:"errors"`
}

// importTimeout is after what time a job fails
// (https://auth0.com/docs/manage-users/user-migration/bulk-user-imports).
const importTimeout = 2 * time.Hour

func (t *Tenant) startImport(conn *connection, text []byte, upsert, mail bool) *importJob {
	how := &t.settings.Imports
	j := &importJob{
		job: t.newJob(importJobType), conn: conn, upsert: upsert, mail: mail,
		each: time.Duration(how.PerUser),
	}
	j.begins = how.PerJob.after(j.CreatedAt)
	j.extra = map[string]any{"connection_id": conn.ID, "connection": conn.Name}
	j.records, j.broken = importfile.Parse(text)
	j.until = len(j.records)
	if how.Fail > 0 {
		how.Fail--
		j.silent, j.until = true, min(j.until, how.FailAfter)
	}
	t.imports = append(t.imports, j)
	return j
}

// due is when the next user is done, or else when the job ends.
func (j *importJob) due() time.Time {
	return j.at(min(j.next+1, j.until))
}

// at is when a number of users are done, or when the job times out before.
func (j *importJob) at(users int) time.Time {
	done, timeout := j.begins.Add(time.Duration(users)*j.each), j.CreatedAt.Add(importTimeout)
	if done.After(timeout) {
		return timeout
	}
	return done
}

// runImports does what is due of all imports, in the order in which it is.
func (t *Tenant) runImports() {
	now := t.now()
	for len(t.imports) > 0 {
		first := slices.MinFunc(t.imports, func(a, b *importJob) int { return a.due().Compare(b.due()) })
		at := first.due()
		if at.After(now) {
			break
		}
		timedOut := !at.Before(first.CreatedAt.Add(importTimeout))
		if first.next < first.until && !timedOut {
			t.importNext(first, at)
			continue
		}
		first.end(timedOut)
		t.imports = slices.DeleteFunc(t.imports, func(j *importJob) bool { return j == first })
		t.mailEnd(first, at)
	}
	for _, j := range t.imports {
		j.progress(now)
	}
}

// importNext imports one user at a time.
func (t *Tenant) importNext(j *importJob, at time.Time) {
	r := j.records[j.next]
	j.next++
	existed, problems := t.importUser(j, r, at)
	switch {
	case len(problems) > 0:
		j.failures = append(j.failures, failedUser{r.Shown, problems})
	case existed:
		j.updated++
	default:
		j.inserted++
	}
}

// progress says how far a job is. The members are those of Auth0's description; an earlier
// documentation shows them with this status.
func (j *importJob) progress(now time.Time) {
	if now.Before(j.begins) {
		return
	}
	j.status = "processing"
	left := j.at(len(j.records)).Sub(now)
	j.extra["percentage_done"] = 100 * j.next / max(len(j.records), 1)
	j.extra["time_left_seconds"] = int((left + time.Second - 1) / time.Second)
}

// end sets how a job has ended. A job that fails has no summary, as documented.
func (j *importJob) end(timedOut bool) {
	delete(j.extra, "percentage_done")
	delete(j.extra, "time_left_seconds")
	j.status = "failed"
	if j.silent { // as in https://github.com/auth0/auth0.net/issues/443
		return
	}
	if j.broken != nil {
		j.extra["status_details"] = importfile.ParseFailed
		j.errors = j.document() // the description has these two forms of errors
		return
	}
	if len(j.failures) > 0 {
		j.errors = j.failures
	}
	if timedOut {
		return
	}
	j.status = "completed"
	j.extra["summary"] = map[string]any{
		"failed": len(j.failures), "updated": j.updated, "inserted": j.inserted, "total": len(j.records),
	}
}

// importJobType is the type of a job that imports users.
const importJobType = "users_import"

// tenantOwner stands for all who administrate the tenant, to whom the end of an import is mailed.
const tenantOwner = "owner@tenant.example"

func (t *Tenant) mailEnd(j *importJob, at time.Time) {
	if !j.mail {
		return
	}
	t.outbox = append(t.outbox, Mail{
		To: tenantOwner, Kind: "import_email", SentAt: at,
		Subject: "[Auth0] Import user job for connection " + j.conn.Name + " " + j.status,
	})
}
