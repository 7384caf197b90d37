package localtenant

import (
	"maps"
	"net/http"
	"time"
)

// job is work that a tenant does later. All but imports is done at once, so that such a job is
// completed at the first request for it.
type job struct {
	ID        string
	Type      string
	CreatedAt time.Time
	status    string
	extra     map[string]any // what only this type has
	errors    any            // nil without any
}

// jobTTL is how long a job can be read (https://auth0.com/docs/manage-users/user-migration/bulk-user-imports).
const jobTTL = 24 * time.Hour

func (t *Tenant) newJob(kind string) *job {
	j := &job{ID: "job_" + randomID(16), Type: kind, CreatedAt: t.now(), status: "pending"}
	t.jobs[j.ID] = j
	return j
}

func (j *job) document() map[string]any {
	doc := map[string]any{"id": j.ID, "type": j.Type, "status": j.status, "created_at": j.CreatedAt.Format(timeFormat)}
	maps.Copy(doc, j.extra)
	return doc
}

type verificationFields struct {
	UserID string `json:"user_id"`
}

// createVerificationJob serves POST /api/v2/jobs/verification-email.
func (t *Tenant) createVerificationJob(w http.ResponseWriter, _ *http.Request, in verificationFields) error {
	u, ok := t.users.get(in.UserID)
	if !ok {
		return badRequest("inexistent_user", "The user does not exist.")
	}
	if u.Email == "" {
		return userWithoutEmail()
	}
	t.sendVerification(u)
	j := t.newJob("verification_email")
	pending := j.document()
	j.status = "completed"
	return writeJSON(w, http.StatusCreated, pending)
}

func (t *Tenant) job(r *http.Request) (*job, error) {
	j, ok := t.jobs[r.PathValue("id")]
	if !ok || !t.now().Before(j.CreatedAt.Add(jobTTL)) {
		return nil, newAPIError(http.StatusNotFound, "inexistent_job", "The job does not exist.")
	}
	return j, nil
}

// getJobErrors serves GET /api/v2/jobs/{id}/errors: 204 where there are none.
func (t *Tenant) getJobErrors(w http.ResponseWriter, _ *http.Request, j *job) error {
	if j.errors == nil {
		return noContent(w)
	}
	return writeJSON(w, http.StatusOK, j.errors)
}
