package jobs

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// view is a job as in responses.
type view struct {
	ID            string            `json:"id"`
	Kind          Kind              `json:"kind"`
	Status        Status            `json:"status"`
	Counts                          // of the records
	CreatedAt     time.Time         `json:"created_at"`
	StartedAt     time.Time         `json:"started_at,omitzero"`
	PlannedAt     time.Time         `json:"planned_at,omitzero"`
	PlanExpiresAt time.Time         `json:"plan_expires_at,omitzero"` // while the plan can be confirmed
	EndedAt       time.Time         `json:"ended_at,omitzero"`
	ExpiresAt     time.Time         `json:"expires_at"`
	Actor         string            `json:"actor,omitempty"`
	Problem       *problem.Document `json:"problem,omitempty"`
}

func (j *job) view() view {
	v := view{
		ID: j.ID, Kind: j.Kind, Status: j.status(), Counts: j.counts(), CreatedAt: shown(j.Created), StartedAt: shown(j.state.Started),
		PlannedAt: shown(j.state.Planned), ExpiresAt: shown(j.Expires), Actor: j.Actor,
	}
	if v.Status == Planned {
		v.PlanExpiresAt = shown(j.state.planExpires())
	}
	if j.end != nil {
		v.StartedAt, v.PlannedAt = shown(j.end.Started), shown(j.end.Planned)
		v.EndedAt, v.Problem = shown(j.end.At), j.end.Problem
	}
	return v
}

// shown returns a time as in responses, in whole milliseconds.
func shown(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

// acceptedRetryAfter is when a client should first ask for the status.
const acceptedRetryAfter = 2 * time.Second

// accepted responds with 202 and the job.
func accepted(w http.ResponseWriter, r *http.Request, j *job) error {
	root := strings.TrimSuffix(httpapi.RequestPath(r), r.URL.EscapedPath()) // the gateway's stage or base path
	w.Header().Set("Location", root+"/jobs/"+j.ID)
	w.Header().Set("Retry-After", strconv.Itoa(int(acceptedRetryAfter.Seconds())))
	return httpapi.JSON(w, http.StatusAccepted, j.view())
}
