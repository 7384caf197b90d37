package jobs

import (
	"context"
	"encoding/json"
	"fmt"
)

// Each is Work that carries out one record after the other, a few of them at once.
type Each struct {
	One One
	// After runs after all records of a run have results, before the run is done. It can be repeated; nil
	// for none.
	After func(ctx context.Context, r Run) error
}

// eachPosition is the position of Each in a run.
type eachPosition struct {
	Chunk  int `json:"chunk"`
	Stalls int `json:"stalls,omitempty"` // in a row
}

// Run carries out the chunks that remain.
func (e Each) Run(ctx context.Context, r Run) (Step, error) {
	var at eachPosition
	if stored := r.Position(); stored != nil {
		if err := json.Unmarshal(stored, &at); err != nil {
			return Step{}, fmt.Errorf("decode the position: %w", err)
		}
	}
	for before := at; at.Chunk < len(r.Manifest().Chunks); before = at {
		p, err := newPass(ctx, e.One, r, at)
		if err != nil {
			return Step{}, err
		}
		stop, wait, err := p.run(ctx)
		if err != nil {
			return Step{}, err
		}
		at.Stalls = p.stalls
		if stop == OnCancel {
			return Step{Done: true}, nil
		}
		if stop != GoOn || wait > 0 {
			if at != before {
				err = r.SetPosition(ctx, at)
			}
			return Step{Wait: wait}, err
		}
		at.Chunk++
		if err := r.SetPosition(ctx, at); err != nil {
			return Step{}, err
		}
		if !p.keepsInput() {
			if err := r.Finish(ctx, at.Chunk-1); err != nil {
				return Step{}, err
			}
		}
	}
	if e.After != nil {
		if err := e.After(ctx, r); err != nil {
			return Step{}, err
		}
	}
	return Step{Done: true}, nil
}
