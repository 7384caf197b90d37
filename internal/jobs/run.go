package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
)

const (
	// lookInterval is the time between two looks at the decisions about a job.
	lookInterval = time.Second
	// reserve is the part of a call's time that is kept for records in work and for the state.
	reserve = 20 * time.Second
	// progressInterval is the time between two log lines about a job in work.
	progressInterval = 5 * time.Second
)

// run is a call of Work.
type run struct {
	service   *Service
	job       *job
	confirmed bool

	mu     sync.Mutex // guards the rest, and the job's state
	looked time.Time
	stop   Stop // at that time
	told   Stop // the last answer
	logged time.Time
}

var _ Run = (*run)(nil)

func (r *run) Manifest() Manifest { return r.job.Manifest }

func (r *run) Call() (api.Call, error) {
	return r.service.opts.Resume(r.job.Principal, r.job.Actor)
}

func (r *run) Now() time.Time { return r.service.now() }

func (r *run) Confirmed() bool { return r.confirmed }

func (r *run) Position() json.RawMessage { return r.job.state.Position }

func (r *run) SetPosition(ctx context.Context, position any) error {
	encoded, err := json.Marshal(position)
	if err != nil {
		return fmt.Errorf("encode a position: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.job.state.Position = encoded
	return r.save(ctx)
}

// save writes the state.
func (r *run) save(ctx context.Context) error {
	return r.service.objects.put(ctx, stateKey(r.job.ID), r.job.state)
}

func (r *run) Records(ctx context.Context, chunk int) ([]Record, error) {
	return r.service.records(ctx, r.job.Manifest, chunk)
}

func (r *run) Results(ctx context.Context, chunk int) ([]Result, error) {
	return r.service.results(ctx, r.job.ID, chunk)
}

func (r *run) SetResults(ctx context.Context, chunk int, results []Result) error {
	if err := r.service.putResults(ctx, r.job.ID, chunk, results); err != nil {
		return err
	}
	records := 0
	if chunk < len(r.job.Chunks) {
		records = r.job.Chunks[chunk].Records
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	st := &r.job.state
	st.Chunks = append(st.Chunks, make([]tally, max(0, chunk+1-len(st.Chunks)))...)
	st.Chunks[chunk] = tallyOf(results, records)
	r.progress(ctx)
	return r.save(ctx)
}

// progress logs the counts from time to time.
func (r *run) progress(ctx context.Context) {
	now := r.Now()
	if now.Sub(r.logged) < progressInterval {
		return
	}
	r.logged = now
	httpapi.LogWork(ctx, r.service.opts.Log, "job progress", nil, attrsOf(r.job)...)
}

func (r *run) Finish(ctx context.Context, chunk int) error {
	return unavailable(r.service.opts.Store.Delete(ctx, chunkKey(r.job.Manifest, chunk)))
}

func (r *run) Stopped(ctx context.Context) (Stop, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < reserve {
		r.told = OnTimeOver
		return r.told, nil
	}
	if now := r.Now(); now.Sub(r.looked) >= lookInterval {
		stop, err := r.look(ctx)
		if err != nil {
			return "", err
		}
		r.looked, r.stop = now, stop
	}
	r.told = r.stop
	return r.told, nil
}

func (r *run) look(ctx context.Context) (Stop, error) {
	if err := r.readDecisions(ctx); err != nil {
		return "", err
	}
	if r.job.cancelled() || r.job.end != nil {
		return OnCancel, nil
	}
	if !r.Now().Before(r.job.Expires) {
		return OnExpiry, nil
	}
	paused, err := r.service.objects.exists(ctx, pausedKey)
	if paused {
		return OnPause, err
	}
	return GoOn, err
}

// readDecisions reads what others decided about the job since the leg began.
func (r *run) readDecisions(ctx context.Context) error {
	var made decision
	var over end
	j, objects := r.job, r.service.objects
	var decided, ended, stopped bool
	reads := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			decided, err = objects.find(ctx, decisionKey(j.ID), &made)
			return err
		},
		func(ctx context.Context) (err error) { ended, err = objects.find(ctx, endKey(j.ID), &over); return err },
		func(ctx context.Context) (err error) {
			stopped, err = objects.find(ctx, stopKey(j.ID), &marker{})
			return err
		},
	}
	if err := inParallel(ctx, len(reads), func(ctx context.Context, i int) error { return reads[i](ctx) }); err != nil {
		return err
	}
	j.stopped = stopped
	if decided {
		j.decision = &made
	}
	if ended {
		j.end = &over
	}
	return nil
}

func (r *run) Fail(ctx context.Context, cause error) error {
	return r.service.finish(ctx, r.job, Failed, cause)
}

// intentName is the form of the name of an intent. It is a part of an object's key.
var intentName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

func (r *run) intentKey(name string) (string, error) {
	if !intentName.MatchString(name) {
		return "", errors.New("the name of an intent is malformed")
	}
	return intentFolder(r.job.ID) + name, nil
}

func (r *run) Intent(ctx context.Context, name string, value any) (earlier json.RawMessage, created bool, err error) {
	key, err := r.intentKey(name)
	if err != nil {
		return nil, false, err
	}
	created, err = r.service.objects.create(ctx, key, value)
	if created || err != nil {
		return nil, created, err
	}
	err = r.service.objects.get(ctx, key, &earlier)
	return earlier, false, err
}

func (r *run) SetIntent(ctx context.Context, name string, value any) error {
	key, err := r.intentKey(name)
	if err != nil {
		return err
	}
	return r.service.objects.put(ctx, key, value)
}

func (r *run) Audit(ctx context.Context, change, userID string, err error) {
	httpapi.Audit(ctx, r.service.opts.Log, change, userID, err)
}

func (r *run) Report(ctx context.Context, index int, err error) {
	httpapi.LogWork(ctx, r.service.opts.Log, "record", err, slog.Int("index", index))
}

func (r *run) Key(_ context.Context, text string) (string, error) {
	return r.job.derive("key", text), nil
}
