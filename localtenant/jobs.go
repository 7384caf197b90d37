package localtenant

import (
	"maps"
	"net/http"
	"time"
)

// job is work that a real tenant does later. This one does it at once, so that
// a job is completed at the first request for it.
type job struct {
	ID        string
	Type      string
	CreatedAt time.Time
	extra     map[string]any // what only this type has
	errors    []any
	failed    bool
}

const jobTTL = 24 * time.Hour

func (t *Tenant) newJob(kind string) *job {
	j := &job{ID: "job_" + randomID(16), Type: kind, CreatedAt: t.now()}
	t.jobs[j.ID] = j
	return j
}

func (j *job) document(status string) map[string]any {
	doc := map[string]any{"id": j.ID, "type": j.Type, "status": status, "created_at": j.CreatedAt.Format(timeFormat)}
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
	return writeJSON(w, http.StatusCreated, t.newJob("verification_email").document("pending"))
}

func (t *Tenant) job(r *http.Request) (*job, error) {
	j, ok := t.jobs[r.PathValue("id")]
	if !ok || !t.now().Before(j.CreatedAt.Add(jobTTL)) {
		return nil, newAPIError(http.StatusNotFound, "inexistent_job", "The job does not exist.")
	}
	return j, nil
}

// getJob serves GET /api/v2/jobs/{id}.
func (t *Tenant) getJob(w http.ResponseWriter, _ *http.Request, j *job) error {
	status := "completed"
	if j.failed {
		status = "failed"
	}
	return writeJSON(w, http.StatusOK, j.document(status))
}

// getJobErrors serves GET /api/v2/jobs/{id}/errors: 204 where there are none.
func (t *Tenant) getJobErrors(w http.ResponseWriter, _ *http.Request, j *job) error {
	if len(j.errors) == 0 {
		return noContent(w)
	}
	return writeJSON(w, http.StatusOK, j.errors)
}
