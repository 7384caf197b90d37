package measure

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"usher/bench/internal/load"
	"usher/bench/internal/provider"
	"usher/bench/internal/target"
)

// Result is what was measured of one target in one cell.
type Result struct {
	Latencies []float64 // milliseconds; the same index in another target was measured beside it
	Provider  provider.Stats
}

// Results are the results of one operation.
type Results map[Key]map[string]*Result

// Operation measures an operation's targets in all cells.
func (p Plan) Operation(ctx context.Context, from *provider.Provider, s *target.Set) (Results, error) {
	results := Results{}
	for _, cell := range p.Cells {
		found, err := p.cell(ctx, from, s, cell)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", cell, err)
		}
		results[cell.Key()] = found
	}
	return results, nil
}

func (p Plan) cell(ctx context.Context, from *provider.Provider, s *target.Set, c Cell) (map[string]*Result, error) {
	from.SetDelay(0)
	var names []string
	results := map[string]*Result{}
	for _, name := range target.Names {
		if s.Targets[name] == nil {
			continue
		}
		names = append(names, name)
		results[name] = &Result{}
		if err := warm(ctx, s, name, c.Workers); err != nil {
			return nil, err
		}
	}
	from.SetDelay(c.Delay)
	for range p.Rounds * c.Repeats {
		rand.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
		for _, name := range names {
			before := from.Stats()
			took, err := c.block(ctx, func(ctx context.Context, worker int) error { return s.Once(ctx, name, worker) })
			if err != nil {
				return nil, err
			}
			r := results[name]
			r.Latencies = append(r.Latencies, took...)
			r.Provider = r.Provider.Plus(from.Stats().Since(before))
		}
	}
	return results, nil
}

func (c Cell) block(ctx context.Context, do load.Do) ([]float64, error) {
	if c.Interval > 0 {
		return load.Open(ctx, c.Workers, c.Requests, c.Interval, do)
	}
	return load.Closed(ctx, c.Workers, c.Requests, do)
}

// warmUps is the number of requests that each worker sends before a cell: connections that a
// pause has closed are open again.
const warmUps = 3

// warm sends a few requests with each worker, all workers at the same time.
func warm(ctx context.Context, s *target.Set, name string, workers int) error {
	errs := make([]error, workers)
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for range warmUps {
				if err := s.Once(ctx, name, worker); err != nil {
					errs[worker] = err
				}
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("warm up: %w", err)
		}
	}
	return nil
}
