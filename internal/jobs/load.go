package jobs

import (
	"context"
	"errors"
	"slices"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// job is a job with what is stored about it.
type job struct {
	Manifest
	state    state // zero before the worker begins
	decision *decision
	end      *end
	started  bool // the engine has the job
	stopped  bool // the rest of a confirmed plan is stopped
	erased   bool
}

func jobNotFound() error {
	return problem.JobNotFound.New("There is no such job. Jobs are kept for a limited time after their start.")
}

// find returns a job of the caller's front-end as it is now.
func (s *Service) find(ctx context.Context, caller httpapi.Caller, id string) (*job, error) {
	j, err := s.load(ctx, id)
	if err == nil && j.Principal.Caller.FrontEnd() != caller.FrontEnd() {
		return nil, jobNotFound()
	}
	return j, err
}

// load returns a job as it is now: it ends a plan that was not confirmed in time, and completes a start and a
// confirmation that were interrupted. A job that has expired or does not open is job-not-found.
func (s *Service) load(ctx context.Context, id string) (*job, error) {
	m, err := s.readManifest(ctx, id)
	if err != nil {
		return nil, err
	}
	j, err := s.read(ctx, m)
	if err != nil {
		return nil, err
	}
	return j, s.observe(ctx, j)
}

func (s *Service) readManifest(ctx context.Context, id string) (Manifest, error) {
	if !idForm.MatchString(id) {
		return Manifest{}, jobNotFound()
	}
	var m Manifest
	err := s.objects.get(ctx, manifestKey(id), &m)
	if errors.Is(err, ErrNoObject) || errors.Is(err, errForeign) || err == nil && (m.ID != id || !s.now().Before(m.Expires)) {
		return Manifest{}, jobNotFound()
	}
	return m, err
}

// read returns what is stored about the job, all of it of one moment. An object that does not open fails it with
// errForeign, unless the job has ended.
func (s *Service) read(ctx context.Context, m Manifest) (*job, error) {
	j, err := s.readOnce(ctx, m)
	if err == nil && j.isTorn() {
		j, err = s.readOnce(ctx, m) // it finds all that was written before what the first reading found
	}
	return j, err
}

func (s *Service) readOnce(ctx context.Context, m Manifest) (*job, error) {
	j := &job{Manifest: m}
	var made decision
	var ended end
	reads := []struct {
		key   string
		into  any
		found bool
	}{{endKey(m.ID), &ended, false}, {decisionKey(m.ID), &made, false}, {stateKey(m.ID), &j.state, false}, {stopKey(m.ID), &marker{}, false}, {erasedKey(m.ID), &marker{}, false}}
	foreign := make([]bool, len(reads))
	err := inParallel(ctx, len(reads)+1, func(ctx context.Context, i int) (err error) {
		if i == len(reads) {
			j.started, err = s.objects.exists(ctx, startedKey(m.ID))
			return err
		}
		reads[i].found, err = s.objects.find(ctx, reads[i].key, reads[i].into)
		if foreign[i] = errors.Is(err, errForeign); foreign[i] {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if reads[0].found {
		j.end = &ended
	}
	if foreign[0] || j.end == nil && slices.Contains(foreign, true) {
		return nil, errForeign
	}
	if reads[1].found {
		j.decision = &made
	}
	j.stopped, j.erased = reads[3].found, reads[4].found
	return j, nil
}

// isTorn reports whether the objects may be of different moments: one is missing that was written before another,
// or the state is missing, which an erasure deletes.
func (j *job) isTorn() bool {
	wentOn := j.stopped || j.state.Run == j.confirmedRun() || j.end != nil && !j.end.Planned.IsZero()
	return wentOn && j.decision == nil || j.end == nil && (j.erased || j.state.Status == "")
}

// cancelled reports whether the rest of the job is not to be done.
func (j *job) cancelled() bool {
	return j.stopped || j.decision != nil && j.decision.Kind == Cancelled
}

// status returns the job's status.
func (j *job) status() Status {
	switch {
	case j.end != nil:
		return j.end.Status
	case j.state.Status == Planned && j.decision.confirmed():
		return Running
	case j.state.Status == "":
		return Pending
	}
	return j.state.Status
}

func (j *job) counts() Counts {
	if j.end != nil {
		return j.end.Counts
	}
	return j.Manifest.counts(j.state.Chunks)
}
