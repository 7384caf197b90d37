//go:build !race

package quota

import (
	"cmp"
	"context"
	"sync"
	"time"

	"usher/bench/internal/load"
	"usher/internal/auth0"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/quota"
	"usher/internal/recovery"
	"usher/internal/roles"
	"usher/internal/users"
)

// roundTrip is the least time between a response and the same client's next request.
const roundTrip = 5 * time.Millisecond

// tally counts the results of one class.
type tally struct {
	mu      sync.Mutex
	sent    int
	done    int
	refused int // by the functions' budget
	limited int // by the provider or the gateway
	took    []time.Duration
}

func (c *tally) note(err error, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent++
	switch problem.From(err).Kind {
	case problem.ProviderBudget:
		c.refused++
	case problem.TooManyRequests:
		c.limited++
	}
	if err == nil {
		c.done++
		c.took = append(c.took, took)
	}
}

// share is the part of the requests that succeeded, in per cent.
func (c *tally) share() float64 { return 100 * float64(c.done) / float64(max(1, c.sent)) }

func (c *company) measure(ctx context.Context, to *tally, r request) error {
	begun := time.Now()
	err := c.send(ctx, r)
	if ctx.Err() == nil { // otherwise the simulation ended
		to.note(err, time.Since(begun))
	}
	return err
}

// flatOut sends requests without a pause, several at once. A polite client waits after a refusal for
// as long as the response says.
func (c *company) flatOut(ctx context.Context, wg *sync.WaitGroup, to *tally, inFlight int, polite bool, next func(i int) request) {
	for worker := range inFlight {
		wg.Go(func() {
			for i := worker; ctx.Err() == nil; i++ {
				err := c.measure(ctx, to, next(i))
				wait := roundTrip
				if err != nil && polite {
					wait = max(wait, cmp.Or(problem.From(err).RetryAfter, time.Second))
				}
				load.Pause(ctx, wait)
			}
		})
	}
}

// regularly sends a request in each interval, however long the others take.
func (c *company) regularly(ctx context.Context, wg *sync.WaitGroup, to *tally, every time.Duration, next func(i int) request) {
	wg.Go(func() {
		for i := 0; load.Pause(ctx, every); i++ {
			wg.Go(func() { _ = c.measure(ctx, to, next(i)) })
		}
	})
}

func read(id limits.UserID) request {
	return request{"listusers", quota.Read, func(ctx context.Context, c *auth0.Client) error {
		_, err := c.Users().User(ctx, id)
		return err
	}}
}

// change alternates between changes of a user and of the user's roles.
func change(id limits.UserID, role roles.Role) func(int) request {
	return func(i int) request {
		if i%2 == 0 {
			return request{"updateuser", quota.Change, func(ctx context.Context, c *auth0.Client) error {
				_, err := c.Users().Update(ctx, id, users.Patch{Profile: users.Profile{Name: new("Ada")}, Members: map[string]bool{"name": true}})
				return err
			}}
		}
		return request{"setuserroles", quota.Change, func(ctx context.Context, c *auth0.Client) error {
			return c.Roles().Change(ctx, id, nil, []roles.Role{role})
		}}
	}
}

// urgent alternates between what a help desk cannot wait for.
func urgent(id limits.UserID) func(int) request {
	all := []request{
		{"blockuser", quota.Urgent, func(ctx context.Context, c *auth0.Client) error {
			_, err := c.Blocks().Block(ctx, id)
			return err
		}},
		{"resetmfa", quota.Urgent, func(ctx context.Context, c *auth0.Client) error {
			_, err := c.MFA().Reset(ctx, id)
			return err
		}},
		{"createpasswordticket", quota.Urgent, func(ctx context.Context, c *auth0.Client) error {
			_, err := c.Recovery().PasswordTicket(ctx, id, recovery.TicketOptions{})
			return err
		}},
	}
	return func(i int) request { return all[i%len(all)] }
}
