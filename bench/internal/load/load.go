// Package load sends requests to a target, and measures how long each takes.
package load

import (
	"context"
	"sync"
	"time"
)

// Do sends one request with a worker.
type Do func(ctx context.Context, worker int) error

// Closed sends n requests: each worker sends its next one when the last was answered. It returns
// the latencies in milliseconds, in the order in which the requests began.
func Closed(ctx context.Context, workers, n int, do Do) ([]float64, error) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	return run(min(workers, n), n, next, func(worker, _ int) (time.Time, error) {
		begun := time.Now()
		return begun, do(ctx, worker)
	})
}

// Open sends n requests on a schedule, one each interval, whatever the answers: a request waits
// for a free worker. Its latency counts from its place in the schedule, so that a slow answer also
// counts for the requests that it delays (coordinated omission).
func Open(ctx context.Context, workers, n int, interval time.Duration, do Do) ([]float64, error) {
	next := make(chan int, n)
	start := time.Now()
	at := func(i int) time.Time { return start.Add(time.Duration(i) * interval) }
	go func() {
		defer close(next)
		for i := range n {
			time.Sleep(time.Until(at(i)))
			next <- i
		}
	}()
	return run(min(workers, n), n, next, func(worker, i int) (time.Time, error) { return at(i), do(ctx, worker) })
}

// run lets workers take requests until there are no more. send returns when a request began.
func run(workers, n int, next <-chan int, send func(worker, i int) (time.Time, error)) ([]float64, error) {
	took := make([]float64, n)
	var failed error
	var once sync.Once
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for i := range next {
				begun, err := send(worker, i)
				took[i] = float64(time.Since(begun)) / float64(time.Millisecond)
				if err != nil {
					once.Do(func() { failed = err })
				}
			}
		})
	}
	all.Wait()
	return took, failed
}
