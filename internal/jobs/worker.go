package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"usher/internal/httpapi"
	"usher/internal/problem"
	"usher/internal/quota"
)

const (
	// pauseWait is the time between two looks at the operator's marker.
	pauseWait = 5 * time.Minute
	// maxLegs bounds the calls of one run: Step Functions keeps at most 25,000 events of an execution.
	maxLegs = 2200
	// searchInterval is more than the time between two searches for other versions of the secret.
	searchInterval = 31 * time.Second
)

// Worker carries out jobs.
type Worker struct {
	service *Service
	kinds   map[Kind]Definition
}

// Worker returns the worker for jobs of these kinds.
func (s *Service) Worker(definitions ...Definition) *Worker {
	w := &Worker{service: s, kinds: map[Kind]Definition{}}
	for _, d := range definitions {
		if d.Work == nil {
			panic("jobs: the worker has no work for " + string(d.Kind))
		}
		w.kinds[d.Kind] = d
	}
	return w
}

// Handle carries out a part of a job, and answers with the event that continues it. It can be called again
// with any earlier event. Its only error is Failure.
func (w *Worker) Handle(ctx context.Context, event Event) (next Event, err error) {
	ctx = httpapi.WithWork(ctx, httpapi.Work{Job: loggedJob(event.Job)})
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %s\n%s", textOfPanic(cause), debug.Stack())
		}
		if err == nil {
			return
		}
		logged := err
		if errors.Is(context.Cause(ctx), context.Canceled) { // the local server ends
			logged = nil
		}
		httpapi.LogWork(ctx, w.service.opts.Log, "job interrupted", logged, slog.Any("event", event))
		next, err = Event{}, Failure{}
	}()
	m, err := w.manifest(ctx, event)
	if problem.Is(err, problem.JobNotFound) {
		httpapi.LogWork(ctx, w.service.opts.Log, "job", nil, slog.Any("event", event), slog.String("status", "none"))
		return event.next(Counts{}, 0, true), nil
	}
	if err != nil {
		return Event{}, err
	}
	ctx = httpapi.WithWork(ctx, httpapi.Work{RequestID: m.RequestID, Caller: m.Principal.Caller, Actor: m.Actor, Job: m.ID})
	ctx = quota.With(ctx, quota.Background)
	j, wait, done, err := w.leg(ctx, event, m)
	if measures := w.service.opts.Measures; measures != nil {
		measures.JobLeg(httpapi.CountsOf(ctx))
	}
	if err != nil {
		return Event{}, err
	}
	next = event.next(j.counts(), seconds(wait), done)
	attrs := append(attrsOf(j), slog.Int("leg", event.Leg), slog.Int("wait_s", next.Wait), slog.Bool("done", next.Done))
	httpapi.LogWork(ctx, w.service.opts.Log, "job", nil, attrs...)
	return next, nil
}

// attrsOf returns the attributes of a job in log lines.
func attrsOf(j *job) []slog.Attr {
	c := j.counts()
	return []slog.Attr{
		slog.String("kind", string(j.Kind)), slog.String("status", string(j.status())),
		slog.Int("pending", c.Pending), slog.Int("planned", c.Planned), slog.Int("succeeded", c.Succeeded), slog.Int("failed", c.Failed),
		slog.Int("skipped", c.Skipped), slog.Int("unknown", c.Unknown),
	}
}

// textOfPanic returns the text of a runtime error, and only the type of any other value.
func textOfPanic(cause any) string {
	if own, ok := cause.(runtime.Error); ok {
		return own.Error()
	}
	return fmt.Sprintf("%T", cause)
}

// seconds returns a wait in whole seconds, rounded up.
func seconds(wait time.Duration) int { return int(math.Ceil(min(wait, MaxWait).Seconds())) }

// manifest returns the manifest that an event is about. The worker does nothing for a job that does not open,
// has another format, or was started for another run.
func (w *Worker) manifest(ctx context.Context, event Event) (Manifest, error) {
	if !idForm.MatchString(event.Job) {
		return Manifest{}, jobNotFound()
	}
	m, err := w.open(ctx, event.Job)
	switch {
	case err != nil:
		return m, err
	case m.Format != format || event.Run != m.run() && event.Run != m.confirmedRun():
		return m, jobNotFound()
	}
	return m, nil
}

// open reads a manifest, also of an expired job. This process may not know the version of the secret that
// sealed it yet, and must not drop the job for that.
func (w *Worker) open(ctx context.Context, id string) (m Manifest, err error) {
	for _, wait := range []time.Duration{0, searchInterval} {
		if err := sleep(ctx, wait); err != nil {
			return m, err
		}
		if err = w.service.objects.get(ctx, manifestKey(id), &m); !errors.Is(err, errForeign) {
			break
		}
	}
	if errors.Is(err, ErrNoObject) || errors.Is(err, errForeign) || err == nil && m.ID != id {
		return m, jobNotFound()
	}
	return m, err
}

// sleep waits, and returns early with the context's error.
func sleep(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// leg carries out one leg of a run.
func (w *Worker) leg(ctx context.Context, event Event, m Manifest) (j *job, wait time.Duration, done bool, err error) {
	s := w.service
	j, err = s.read(ctx, m)
	if errors.Is(err, errForeign) { // somebody else wrote one of its objects
		j = &job{Manifest: m}
		return j, 0, true, s.finish(ctx, j, Failed, broken(err))
	}
	if err != nil {
		return nil, 0, false, err
	}
	kind, known := w.kinds[m.Kind]
	confirmed := event.Run == m.confirmedRun()
	switch {
	case j.end != nil:
		return j, 0, true, s.cleanUp(ctx, j)
	case confirmed && !j.decision.confirmed():
		return j, 0, true, nil
	case !confirmed && j.state.Status == Planned && j.decision != nil && !j.decision.confirmed():
		return j, 0, true, s.finish(ctx, j, j.decision.Kind, nil)
	case !confirmed && (j.state.Status == Planned || j.state.Run == m.confirmedRun()): // the first run has done its part
		return j, 0, true, nil
	case event.Close || event.Leg > maxLegs:
		return j, 0, true, s.finish(ctx, j, Failed, errors.New("the worker failed for good"))
	case !s.now().Before(m.Expires):
		return j, 0, true, s.finish(ctx, j, Failed, problem.JobNotFound.New("The job has expired."))
	case !known:
		return nil, 0, false, fmt.Errorf("the worker has no work for %q", m.Kind)
	case j.cancelled() && j.state.Run != event.Run: // before this run has begun
		return j, 0, true, s.finish(ctx, j, Cancelled, nil)
	}
	if paused, err := s.objects.exists(ctx, pausedKey); err != nil || paused && !j.cancelled() {
		return j, pauseWait, false, err
	}
	j.state.Seen = s.now()
	if j.state.Run != event.Run {
		j.state.Run, j.state.Position, j.state.Stalls = event.Run, nil, 0
		if j.state.Started.IsZero() {
			j.state.Started = s.now()
		}
		j.state.Status = Running
	}
	if err := s.objects.put(ctx, stateKey(m.ID), j.state); err != nil {
		return nil, 0, false, err
	}
	r := &run{service: s, job: j, confirmed: confirmed}
	step, err := kind.Work.Run(ctx, r)
	wait, done, err = r.conclude(ctx, step, err)
	return j, wait, done, err
}

// broken is the problem of a job with an object that does not verify.
func broken(err error) error {
	return problem.Internal.Wrap(err, "The job's stored records cannot be read. Start another job.")
}
