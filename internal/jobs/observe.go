package jobs

import (
	"context"
	"time"

	"usher/internal/problem"
)

// observe brings a job to the state that its age requires. Nothing does this in the background.
func (s *Service) observe(ctx context.Context, j *job) error {
	now := s.now()
	switch {
	case j.end != nil:
		return nil
	case j.state.Status == Planned && j.decision == nil && !now.Before(j.state.planExpires()):
		if err := s.decide(ctx, j, decision{Kind: Expired, At: now}); err != nil {
			return err
		}
		return s.observe(ctx, j)
	case j.state.Status == Planned && j.decision.confirmed():
		if now.Sub(j.decision.At) < abandonedAfter {
			return nil
		}
		return s.startConfirmed(ctx, j)
	case j.state.Status == Planned && j.decision != nil: // cancelled or expired, and no run is left to end the job
		return s.finish(ctx, j, j.decision.Kind, nil)
	case j.cancelled() && now.Sub(j.lastSign()) >= lostAfter:
		return s.finish(ctx, j, Cancelled, nil)
	case !j.started && j.state.Status == "" && now.Sub(j.Created) >= abandonedAfter:
		return s.startOrFail(ctx, j)
	}
	return nil
}

// lostAfter is the time without a sign of the worker after which a cancelled job has lost it, as when an operator
// stops an execution. The worker waits for at most MaxWait, and works for as long.
const lostAfter = 20 * time.Minute

// lastSign returns the last time at which the worker, or a decision, can have been seen.
func (j *job) lastSign() time.Time {
	last := j.Created
	if j.state.Seen.After(last) {
		last = j.state.Seen
	}
	if j.decision != nil && j.decision.At.After(last) {
		last = j.decision.At
	}
	return last
}

// decide makes a decision about the job, unless one was made. Then j has the decision that holds.
func (s *Service) decide(ctx context.Context, j *job, d decision) error {
	made, err := s.objects.create(ctx, decisionKey(j.ID), d)
	if err != nil {
		return err
	}
	if !made {
		d = decision{}
		if err := s.objects.get(ctx, decisionKey(j.ID), &d); err != nil {
			return err
		}
	}
	j.decision = &d
	return nil
}

// startConfirmed starts the run that carries out a confirmed plan. It can be repeated.
func (s *Service) startConfirmed(ctx context.Context, j *job) error {
	return s.startRun(ctx, j.Manifest, j.confirmedRun())
}

func (s *Service) startRun(ctx context.Context, m Manifest, run string) error {
	return unavailable(s.opts.Engine.Start(ctx, m.ID+"-"+run, m.ID))
}

// startOrFail completes an interrupted start. If the start has not stored the whole input, the job fails.
func (s *Service) startOrFail(ctx context.Context, j *job) error {
	stored, err := s.opts.Store.List(ctx, inputFolder(j.ID), "", MaxRecords)
	if err != nil {
		return unavailable(err)
	}
	if len(stored) >= len(j.Chunks) {
		return s.hand(ctx, j.Manifest)
	}
	failed := problem.JobNotStarted.New("The start was interrupted before the service had stored the records. Start another job.")
	return s.finish(ctx, j, Failed, failed)
}
