//go:build chaos

package chaos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/test/testkit/traffic"
)

// violation is what a check finds. step is the number of its step.
type violation struct {
	step int
	what string
}

func (v violation) String() string { return fmt.Sprintf("step %d: %s", v.step, v.what) }

// tally counts what the steps were.
type tally struct {
	mu                               sync.Mutex
	steps, struck, failed, cancelled int
	kinds                            map[string]int
}

func (c *tally) add(s step, made calls, a traffic.Answer, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps++
	if made.struck > 0 {
		c.struck++
	}
	switch {
	case errors.Is(err, errCancelled):
		c.cancelled++
	case a.Status >= 500 || a.Status == http.StatusTooManyRequests:
		c.failed++
	}
	c.kinds[s.operation]++
}

// run runs the first n steps of a seed in new containers, and returns what is wrong, the earliest first.
// Each container runs its steps in turn.
func run(t *testing.T, seed uint64, n, containers int, broken sabotage) (found []violation, counts *tally) {
	t.Helper()
	w := newWorld(t, containers, broken)
	counts = &tally{kinds: map[string]int{}}
	warm := min(10_000, *requests/2) // whatever n is, so that shorter runs begin alike
	found = append(found, w.steps(seed, 0, min(warm, n), counts)...)
	if n > warm {
		before := w.idle()
		found = append(found, w.steps(seed, warm, n, counts)...)
		found = append(found, w.leaks(before, n-1, containers)...)
	}
	slices.SortFunc(found, func(a, b violation) int { return cmp.Compare(a.step, b.step) })
	return found, counts
}

func (w *world) leaks(before idle, step, containers int) (found []violation) {
	for _, what := range w.idle().leaksSince(before, containers) {
		found = append(found, violation{step, what})
	}
	return found
}

// steps runs the steps from one to another.
func (w *world) steps(seed uint64, from, to int, counts *tally) (found []violation) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for i, e := range w.env {
		all.Go(func() {
			for n := from + i; n < to; n += len(w.env) {
				s := stepOf(seed, n)
				for _, what := range w.run(e, s, counts) {
					mu.Lock()
					found = append(found, violation{n, s.operation + ": " + what})
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return found
}

// run runs a step, and lists what is wrong.
func (w *world) run(e *environment, s step, counts *tally) (wrong []string) {
	if s.jump > 0 {
		w.moving.Lock()
		w.shift.Add(int64(s.jump))
		w.moving.Unlock()
	}
	if !s.rotate {
		return w.serve(e, s, counts)
	}
	rotated := make(chan error, 1)
	go func() { rotated <- w.rotate() }()
	wrong = w.serve(e, s, counts)
	if err := <-rotated; err != nil {
		wrong = append(wrong, "the rotation failed: "+err.Error())
	}
	return wrong
}

// serve sends a step's request, and checks what comes of it.
func (w *world) serve(e *environment, s step, counts *tally) (wrong []string) {
	w.moving.RLock()
	defer w.moving.RUnlock()
	rotations := w.rotating.Load()
	maker := traffic.Maker{Admin: w.admin, Service: e.Answer}
	r, err := maker.Make(s.operation, s.n)
	if err != nil {
		if w.rotating.Load() != rotations || rotations%2 == 1 {
			return nil // a sign-in over a change of the secret may have to begin again
		}
		return []string{err.Error()}
	}
	e.log.take()
	r.Header.Set("Traceparent", traceparent(s.n))
	w.provider.begin(s)
	first, second := w.send(e, s, r), attempt{err: errCancelled}
	if s.twice && r.Header.Get("Idempotency-Key") != "" {
		second = <-w.later(s, r)
	}
	made := w.provider.end(s)
	counts.add(s, made, first.Answer, first.err)
	steady := w.rotating.Load() == rotations && rotations%2 == 0
	log := e.log.take()
	wrong = append(wrong, w.check(s, r, first, made, steady, log)...)
	wrong = append(wrong, w.checkCreated(r, first, second)...)
	if w.sabotage.log != nil {
		log += w.sabotage.log(r)
	}
	wrong = append(wrong, w.checkSecrets(r, first.Answer, log, made)...)
	w.admin.Remove(r.Users...)
	return wrong
}

// attempt is what became of a request.
type attempt struct {
	traffic.Answer
	err     error
	took    time.Duration
	stalled time.Duration // for how long this process did nothing meanwhile
}

// send sends a request with the deadline of its invocation.
func (w *world) send(e *environment, s step, r traffic.Request) attempt {
	ctx, cancel := context.WithTimeout(context.Background(), s.left)
	defer cancel()
	if s.cancel > 0 {
		gone := time.AfterFunc(s.cancel, cancel)
		defer gone.Stop()
	}
	begun, stalls := time.Now(), machine.total()
	got, err := e.Invoke(ctx, r)
	a := attempt{got, err, time.Since(begun) + w.sabotage.late, machine.total() - stalls}
	if w.sabotage.answer != nil {
		a.Answer = w.sabotage.answer(r, a.Answer)
	}
	if w.sabotage.leak != nil {
		w.sabotage.leak()
	}
	if s.cancel > 0 && a.took >= s.cancel {
		a.err = errCancelled
	}
	return a
}

// later sends the request again, from another container.
func (w *world) later(s step, r traffic.Request) <-chan attempt {
	again := make(chan attempt, 1)
	go func() { again <- w.send(w.twin, s, r) }()
	return again
}

// longStall is a stall that may make the provider's answer, which this process also makes, too late.
const longStall = time.Second

// check holds an answer to the deadline, and to what the tenant has.
func (w *world) check(s step, r traffic.Request, a attempt, made calls, steady bool, log string) (wrong []string) {
	for _, id := range made.deleted {
		if !slices.Contains(r.Users, id) || !strings.HasPrefix(r.Operation, "deleteuser") {
			wrong = append(wrong, "deleted another user: "+id)
		}
	}
	switch {
	case a.took > s.left+a.stalled:
		return append(wrong, fmt.Sprintf("answered after %v, with %v left", a.took, s.left))
	case errors.Is(a.err, errCancelled):
		return wrong
	case a.err != nil:
		return append(wrong, a.err.Error())
	case a.Status < http.StatusBadRequest:
		if err := r.Holds(a.Answer); err != nil {
			return append(wrong, "claims what the tenant does not have: "+err.Error())
		}
	case made.struck == 0 && steady && s.left == usualTime && s.cancel == 0 && a.stalled < longStall:
		return append(wrong, fmt.Sprintf("failed without a fault: %d %s", a.Status, log))
	}
	return wrong
}

// checkCreated counts the users of a creation, and removes them.
func (w *world) checkCreated(r traffic.Request, first, second attempt) (wrong []string) {
	if r.Once == "" {
		return nil
	}
	ids, err := w.admin.Named(r.Once)
	if err != nil {
		return []string{err.Error()}
	}
	w.admin.Remove(ids...)
	if len(ids) > 1 {
		wrong = append(wrong, fmt.Sprintf("created %d users", len(ids)))
	}
	if first.err == nil && second.err == nil && first.Status == http.StatusCreated && second.Status == http.StatusCreated && first.Header.Get("Location") != second.Header.Get("Location") {
		wrong = append(wrong, "two users under one key")
	}
	return wrong
}

// checkSecrets looks for secrets in the log, and for the service's own in the answer.
func (w *world) checkSecrets(r traffic.Request, a traffic.Answer, log string, made calls) (wrong []string) {
	own := append(w.provider.managementTokens(), w.clientSecrets()...)
	answered := a.Body + fmt.Sprint(a.Header)
	for _, secret := range own {
		if strings.Contains(answered, secret) {
			wrong = append(wrong, "the answer has a secret of the service")
		}
	}
	for _, secret := range slices.Concat(own, r.Secrets, made.secrets) {
		if len(secret) > 6 && strings.Contains(log, secret) {
			wrong = append(wrong, "the log has a secret")
		}
	}
	if strings.Contains(log, "eyJ") || strings.Contains(log, "Bearer ") {
		wrong = append(wrong, "the log has a token")
	}
	return wrong
}
