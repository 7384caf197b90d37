package jobs

import (
	"context"
	"fmt"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/valid"
)

// Confirm serves POST /jobs/{id}/confirmation, which carries out a planned deletion.
func Confirm(s *Service) api.Operation {
	return s.operation(api.Operation{
		Name:        "confirmjob",
		Routes:      []string{"POST /jobs/{id}/confirmation"},
		Parameters:  api.Parameters{"id": api.Job},
		Permissions: []permission.Name{permission.BulkDelete},
		Change:      "job.confirm",
		NoToken:     true,
	}, func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		httpapi.NoteJob(r.Context(), loggedJob(c.Parameter("id")))
		if err := c.CheckPermission(permission.Manage); err != nil {
			return err
		}
		var body struct {
			Delete *int `json:"delete"`
		}
		if err := httpapi.Decode(r, &body); err != nil {
			return err
		}
		var faults valid.Faults
		faults.AddIf(body.Delete == nil, "delete", "is missing")
		faults.AddIf(body.Delete != nil && *body.Delete < 0, "delete", "must not be negative")
		if err := faults.Err(); err != nil {
			return err
		}
		j, err := s.find(r.Context(), c.Caller, c.Parameter("id"))
		if err != nil {
			return err
		}
		if err := s.confirm(r.Context(), j, *body.Delete); err != nil {
			return err
		}
		return accepted(w, r, j)
	})
}

// confirm confirms the plan of a job. The same confirmation again changes nothing.
func (s *Service) confirm(ctx context.Context, j *job, number int) error {
	if j.decision == nil {
		if j.status() != Planned {
			return problem.JobNotPlanned.New(fmt.Sprintf("The job is %s. Only a planned deletion can be confirmed.", j.status()))
		}
		if planned := j.counts().Planned; planned != number {
			return planChanged(planned)
		}
		if err := s.decide(ctx, j, decision{Kind: Running, Delete: number, At: s.now()}); err != nil {
			return err
		}
	}
	switch {
	case !j.decision.confirmed():
		return jobDecided(j.decision)
	case j.decision.Delete != number:
		return planChanged(j.decision.Delete)
	case j.end != nil || j.state.Run == j.confirmedRun():
		return nil
	}
	return s.startConfirmed(ctx, j)
}

func planChanged(planned int) error {
	return problem.PlanChanged.New(fmt.Sprintf("The plan has %d users. Check the results with the status planned, and confirm that number.", planned))
}

func jobDecided(d *decision) error {
	detail := map[Status]string{
		Running:   "The deletion was confirmed. To stop the rest of it, use if_confirmed=stop.",
		Cancelled: "The job was cancelled.",
		Expired:   "The plan was not confirmed in time. Start another job.",
	}
	return problem.JobDecided.New(detail[d.Kind])
}

// loggedJob returns the ID of a job for the log; "" for what is not one.
func loggedJob(id string) string {
	if !idForm.MatchString(id) {
		return ""
	}
	return id
}
