package jobs

import (
	"context"
	"errors"
	"time"

	"usher/internal/problem"
)

// conclude decides what follows a call of Work.
func (r *run) conclude(ctx context.Context, step Step, failure error) (wait time.Duration, done bool, err error) {
	j, s := r.job, r.service
	switch {
	case j.end != nil: // by Fail, or by another call of the worker
		return 0, true, nil
	case errors.Is(failure, errForeign):
		return 0, true, s.finish(ctx, j, Failed, broken(failure))
	case MayPass(failure):
		return r.stall(ctx, failure)
	case problem.IsProblem(failure):
		return 0, true, s.finish(ctx, j, Failed, failure)
	case failure != nil:
		return 0, false, failure
	case step.Done, r.told == OnCancel && step.Wait == 0:
		return 0, true, r.complete(ctx)
	case r.told == OnExpiry:
		return 0, true, s.finish(ctx, j, Failed, jobNotFound())
	case r.told == OnPause:
		step.Wait = pauseWait
	}
	if j.state.Stalls > 0 {
		j.state.Stalls = 0
		err = r.save(ctx)
	}
	return step.Wait, false, err
}

// stall is the answer to a failure of the whole work that may pass. The job fails if it does not.
func (r *run) stall(ctx context.Context, failure error) (time.Duration, bool, error) {
	if r.job.state.Stalls >= maxStalls {
		return 0, true, r.service.finish(ctx, r.job, Failed, failure)
	}
	wait := StallWait(r.job.state.Stalls, MaxWait, failure)
	r.job.state.Stalls++
	return wait, false, r.save(ctx)
}

// complete ends a run whose records have results.
func (r *run) complete(ctx context.Context) error {
	j, s := r.job, r.service
	counts := j.counts()
	if !r.confirmed && counts.Pending == 0 && counts.Planned > 0 && !j.cancelled() {
		j.state.Status, j.state.Planned = Planned, s.now()
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	// After the state: a cancellation reads them in the other order.
	if err := r.readDecisions(ctx); err != nil {
		return err
	}
	switch {
	case j.cancelled():
		return s.finish(ctx, j, Cancelled, nil)
	case j.state.Status == Planned:
		return nil
	case counts.Pending+counts.Planned > 0:
		return errors.New("the work is done, but not for all records")
	}
	return s.finish(ctx, j, Succeeded, nil)
}
