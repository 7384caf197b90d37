package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/quota"
)

// importsAtOnce is the number of imports of a job that run at the provider. It refuses more than two.
const importsAtOnce = 2

// importsWork carries out imports: each chunk is one import at the provider. Before an import starts, an
// intent is stored, and afterwards its ID, so that a crash in between does not start it twice.
type importsWork struct{ provider imports.Provider }

// Run implements jobs.Work.
func (w importsWork) Run(ctx context.Context, r jobs.Run) (jobs.Step, error) {
	run := &importsRun{Run: r, provider: w.provider, at: importPosition{Chunks: map[int]importState{}}}
	if err := decodeStored(r.Manifest().Options, &run.options); err != nil {
		return jobs.Step{}, err
	}
	if before := r.Position(); before != nil {
		if err := decodeStored(before, &run.at); err != nil {
			return jobs.Step{}, err
		}
	}
	step, err := run.chunks(ctx)
	if errors.Is(err, errStopped) {
		step, err = jobs.Step{}, nil
	}
	return step, errors.Join(err, run.save(ctx))
}

// importPosition is the position of a job. It saves work after an interruption; the intents are what counts.
type importPosition struct {
	Connection string              `json:"connection,omitempty"` // its ID at the provider
	First      int                 `json:"first"`                // all chunks before it have ended
	Chunks     map[int]importState `json:"chunks"`               // those that are in work
}

// importState is what is known of a chunk in work.
type importState struct {
	Attempt int  `json:"attempt"`          // whose intent counts
	Open    bool `json:"open,omitempty"`   // the attempt has begun
	Repeat  bool `json:"repeat,omitempty"` // an earlier attempt may have imported some of the users
	Stalls  int  `json:"stalls,omitempty"` // failed calls since the last one that succeeded
}

// importsRun is one call of Run.
type importsRun struct {
	jobs.Run
	provider imports.Provider
	options  importOptions
	at       importPosition
}

// errStopped means that no further call to the provider may be made now.
var errStopped = errors.New("the work is stopped")

// progress is the progress of a chunk. The zero value is a chunk that the cancellation leaves as it is.
type progress struct {
	ended bool
	wait  time.Duration // before it can continue
}

// chunks continues the first chunks that have not ended.
func (r *importsRun) chunks(ctx context.Context) (jobs.Step, error) {
	var step jobs.Step
	inWork, cancelled := 0, false
	for n := r.at.First; n < len(r.Manifest().Chunks); n++ {
		stop, err := r.Stopped(ctx)
		switch {
		case err != nil:
			return jobs.Step{}, err
		case stop != jobs.GoOn && stop != jobs.OnCancel:
			return jobs.Step{}, nil
		}
		if cancelled = stop == jobs.OnCancel; inWork == importsAtOnce {
			break
		}
		p, err := r.chunk(ctx, n, cancelled)
		if err != nil {
			return jobs.Step{}, err
		}
		if p.ended {
			delete(r.at.Chunks, n)
			if n == r.at.First {
				r.at.First++
			}
			continue
		}
		inWork++
		if p.wait > 0 && (step.Wait == 0 || p.wait < step.Wait) {
			step.Wait = p.wait
		}
	}
	step.Done = inWork == 0 || cancelled && step.Wait == 0 // a cancellation leaves the other chunks as they are
	return step, nil
}

func (r *importsRun) save(ctx context.Context) error {
	after, err := json.Marshal(r.at)
	if err != nil {
		return fmt.Errorf("encode the position of an import: %w", err)
	}
	if bytes.Equal(after, r.Position()) {
		return nil
	}
	return r.SetPosition(ctx, json.RawMessage(after))
}

const (
	callsAtOnce   = 4 // to the provider
	callsPerCheck = 32
)

// each does something for some records, a few at once. It fails with errStopped if it has to stop.
func (r *importsRun) each(ctx context.Context, records []int, afterCancel bool, do func(ctx context.Context, i int) error) error {
	for some := range slices.Chunk(records, callsPerCheck) {
		stop, err := r.Stopped(ctx)
		if err != nil {
			return err
		}
		if stop != jobs.GoOn && (stop != jobs.OnCancel || !afterCancel) {
			return errStopped
		}
		var all sync.WaitGroup
		places, failures := make(chan struct{}, callsAtOnce), make([]error, len(some))
		for k, i := range some {
			places <- struct{}{}
			all.Go(func() {
				defer func() { <-places }()
				failures[k] = do(inBackground(ctx), i)
			})
		}
		all.Wait()
		for _, err := range failures {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// inBackground returns the context of one call to the provider: a job never makes its calls urgent.
func inBackground(ctx context.Context) context.Context { return quota.With(ctx, quota.Background) }
