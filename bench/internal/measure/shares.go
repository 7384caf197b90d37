package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"usher/bench/internal/load"
	"usher/bench/internal/provider"
	"usher/bench/internal/quota"
	"usher/bench/internal/target"
)

// Share is a share of a processor: that of a memory size, in a scheduling period.
type Share struct {
	Size   int // MB
	Period time.Duration
}

// Shares are the latencies of one operation with each share, in milliseconds.
type Shares map[Share][]float64

// ShareDelay is the provider's delay with a limited processor.
const ShareDelay = 40 * ms

// shareRequests is the number of requests in each round and share.
const shareRequests = 20

// limited is one process in its control group.
type limited struct {
	share Share
	group *quota.Group
	set   *target.Set
}

// ShareOf measures a function with each share of a processor.
func (p Plan) ShareOf(ctx context.Context, from *provider.Provider, f *target.Functions, binaries, cgroups string, op target.Operation) (Shares, error) {
	var all []limited
	defer func() {
		for _, l := range all {
			l.close()
		}
	}()
	from.SetDelay(0)
	for _, size := range quota.Sizes {
		for _, period := range quota.Periods {
			l, err := limit(ctx, f, binaries, cgroups, op, Share{size, period})
			if errors.Is(err, quota.ErrTooSmall) {
				continue
			}
			if err != nil {
				return nil, err
			}
			all = append(all, l)
			if err := warm(ctx, l.set, target.Function, 1); err != nil {
				return nil, err
			}
		}
	}
	from.SetDelay(ShareDelay)
	shares := Shares{}
	for range p.Rounds {
		rand.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		for _, l := range all {
			if err := l.set.Once(ctx, target.Function, 0); err != nil { // its connection is open again
				return nil, err
			}
			took, err := load.Closed(ctx, 1, shareRequests, func(ctx context.Context, worker int) error {
				return l.set.Once(ctx, target.Function, worker)
			})
			if err != nil {
				return nil, err
			}
			shares[l.share] = append(shares[l.share], took...)
		}
	}
	return shares, nil
}

// limit starts a process of a function with a share of a processor.
func limit(ctx context.Context, f *target.Functions, binaries, cgroups string, op target.Operation, s Share) (limited, error) {
	group, err := quota.NewGroup(cgroups, fmt.Sprintf("usher-bench-%d-%d", s.Size, s.Period.Milliseconds()))
	if err != nil {
		return limited{}, err
	}
	l := limited{share: s, group: group, set: &target.Set{Operation: op, Targets: map[string]target.Target{}}}
	err = group.Limit(float64(s.Size)/quota.OneProcessor, s.Period)
	if err == nil {
		var function target.Target
		if function, err = f.Start(ctx, binaries, op, 1); err == nil {
			l.set.Targets[target.Function] = function
			err = group.Add(target.PIDs(function)[0])
		}
	}
	if err != nil {
		l.close()
		return limited{}, err
	}
	return l, nil
}

func (l limited) close() { l.set.Close(); _ = l.group.Close() }

// Billed returns the mean duration that Lambda would bill: each one is rounded up to a millisecond.
func Billed(latencies []float64) float64 {
	sum := 0.0
	for _, took := range latencies {
		sum += math.Ceil(took)
	}
	return sum / float64(len(latencies))
}
