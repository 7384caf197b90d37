package jobs

import (
	"context"
	"errors"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
)

// Delete serves DELETE /jobs/{id}: it cancels a job, or erases the input and the results of one that has ended.
func Delete(s *Service) api.Operation {
	return s.operation(api.Operation{
		Name:        "deletejob",
		Routes:      []string{"DELETE /jobs/{id}"},
		Parameters:  api.Parameters{"id": api.Job},
		Permissions: anyGroup,
		Change:      "job.delete",
		TakesQuery:  true,
		NoToken:     true,
	}, func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		ctx := r.Context()
		httpapi.NoteJob(ctx, loggedJob(c.Parameter("id")))
		q := httpapi.NewQuery(r)
		stop := q.OneOf("if_confirmed", "stop") != ""
		if err := q.Err(); err != nil {
			return err
		}
		j, err := s.find(ctx, c.Caller, c.Parameter("id"))
		if err != nil {
			return err
		}
		if j.end != nil {
			return httpapi.NoContent(w, s.erase(ctx, j))
		}
		if err := s.cancel(ctx, j, stop); err != nil {
			return err
		}
		return accepted(w, r, j)
	})
}

// cancel cancels a job that has not ended. stop also stops the rest of a confirmed plan. The worker ends the
// job, except one that waits for a confirmation, which has no worker.
func (s *Service) cancel(ctx context.Context, j *job, stop bool) error {
	if j.decision == nil {
		if err := s.decide(ctx, j, decision{Kind: Cancelled, At: s.now()}); err != nil {
			return err
		}
	}
	if j.decision.confirmed() {
		if !stop {
			return jobDecided(j.decision)
		}
		j.stopped = true
		_, err := s.objects.create(ctx, stopKey(j.ID), marker{})
		return err
	}
	if j.decision.Kind != Cancelled {
		return jobDecided(j.decision)
	}
	// The worker writes its state before it reads the decision. So one of the two sees what the other wrote.
	if _, err := s.objects.find(ctx, stateKey(j.ID), &j.state); err != nil {
		return err
	}
	if j.state.Status == Planned {
		return s.finish(ctx, j, Cancelled, nil)
	}
	return nil
}

// erase deletes the input and the results of a job that has ended.
func (s *Service) erase(ctx context.Context, j *job) error {
	if _, err := s.objects.create(ctx, erasedKey(j.ID), marker{}); err != nil {
		return err
	}
	return errors.Join(
		s.cleanUp(ctx, j),
		s.objects.deleteAll(ctx, resultsFolder(j.ID)),
		unavailable(s.opts.Store.Delete(ctx, stateKey(j.ID))),
	)
}
