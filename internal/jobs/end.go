package jobs

import (
	"context"
	"errors"
	"maps"

	"usher/internal/problem"
)

// finish ends the job, unless it has ended. Records without a final result become skipped. It can be repeated.
func (s *Service) finish(ctx context.Context, j *job, status Status, cause error) error {
	if err := s.completeResults(ctx, j); err != nil {
		return err
	}
	last := end{
		Status: status, Counts: j.endCounts(j.state.Chunks), Started: j.state.Started, Planned: j.state.Planned,
		At: s.now(), Chunks: j.state.Chunks,
	}
	if cause != nil {
		found := problem.From(cause).Document(j.RequestID)
		last.Problem = &found
	}
	if j.sum(j.state.Chunks).open() > 0 {
		last.Skipped, last.Unknown = last.Problem, j.document(interrupted())
		if cause == nil {
			last.Skipped = j.document(skipped(status))
		}
	}
	created, err := s.objects.create(ctx, endKey(j.ID), last)
	if err != nil {
		return err
	}
	if !created {
		last = end{}
		if err := s.objects.get(ctx, endKey(j.ID), &last); err != nil {
			return err
		}
	}
	j.end = &last
	if created && s.opts.Measures != nil {
		s.opts.Measures.JobEnded(string(j.Kind), string(status), last.Counts.byOutcome())
	}
	return s.cleanUp(ctx, j)
}

// cleanUp deletes what an ended job needs no more, and frees its place.
func (s *Service) cleanUp(ctx context.Context, j *job) error {
	return errors.Join(
		s.leavePlace(ctx, j.Place, j.ID),
		s.objects.deleteAll(ctx, inputFolder(j.ID)),
		s.objects.deleteAll(ctx, intentFolder(j.ID)),
	)
}

// completeResults stores results for the records that the job has not reached, since the input will be deleted.
func (s *Service) completeResults(ctx context.Context, j *job) error {
	all := j.chunkTallies(j.state.Chunks)
	return inParallel(ctx, len(j.Chunks), func(ctx context.Context, n int) error {
		if all[n].of(RecordPending) == 0 && n < len(j.state.Chunks) && j.state.Chunks[n].total() > 0 {
			return nil
		}
		results, err := s.chunkResults(ctx, j, n)
		if err != nil {
			return err
		}
		return s.putResults(ctx, j.ID, n, results)
	})
}

// byOutcome returns the numbers of the records that have an outcome.
func (c Counts) byOutcome() map[string]int {
	all := map[string]int{
		string(RecordSucceeded): c.Succeeded, string(RecordFailed): c.Failed, string(RecordSkipped): c.Skipped, string(RecordUnknown): c.Unknown,
	}
	maps.DeleteFunc(all, func(_ string, n int) bool { return n == 0 })
	return all
}

// document returns a problem of a record.
func (j *job) document(p *problem.Error) *problem.Document {
	found := p.Document(j.RequestID)
	return &found
}

func interrupted() *problem.Error {
	return problem.JobInterrupted.New("The job ended while this record was in work. Check the user before you repeat the record.")
}

// skipped returns the problem of the records that a job has not reached.
func skipped(status Status) *problem.Error {
	if status == Expired {
		return problem.PlanExpired.New("The plan was not confirmed in time. Nothing was changed.")
	}
	return problem.JobCancelled.New("The job was cancelled before it reached this record.")
}
