package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"
)

// job is the part of a job that is shown.
type job struct {
	ID        string   `json:"id"`
	Status    string   `json:"status"`
	Pending   int      `json:"pending"`
	Planned   int      `json:"planned"`
	Succeeded int      `json:"succeeded"`
	Failed    int      `json:"failed"`
	Skipped   int      `json:"skipped"`
	Unknown   int      `json:"unknown"`
	Problem   *problem `json:"problem"`
}

func (j job) ended() bool { return j.Status != "pending" && j.Status != "running" }

// result is the result of a record that has not succeeded.
type result struct {
	Index   int      `json:"index"`
	Status  string   `json:"status"`
	Problem *problem `json:"problem"`
}

// atOnce is the number of jobs that run at a time, of the five that a front-end may have.
const atOnce = 4

// run runs the jobs of an input.
func run(ctx context.Context, u *usher, o options, in *input, out io.Writer) error {
	parts := split(in.records, o.lines)
	jobs := make([]job, len(parts))
	for i, p := range parts {
		jobs[i].Pending = p.lines
	}
	shown := newProgress(out, jobs)
	err := each(ctx, len(parts), func(ctx context.Context, i int) error {
		path := "/" + o.kind
		if o.query != "" {
			path += "?" + o.query
		}
		var j job
		if err := u.call(ctx, "POST", path, parts[i].key(o), parts[i].body, &j); err != nil {
			return fmt.Errorf("start job %d: %w", i+1, err)
		}
		return await(ctx, u, j, func(j job) { shown.set(i, j) })
	})
	if err == nil {
		err = confirm(ctx, u, o, jobs, shown)
	}
	shown.end()
	return errors.Join(err, writeFailures(ctx, u, o, in, parts, jobs, out))
}

// confirm confirms planned deletions, if the number of users is the expected one.
func confirm(ctx context.Context, u *usher, o options, jobs []job, shown *progress) error {
	planned := 0
	for _, j := range jobs {
		if j.Status == "planned" {
			planned += j.Planned
		}
	}
	switch {
	case planned == 0:
		return nil
	case planned != o.confirm:
		return fmt.Errorf("%d users are planned, and none is deleted: repeat the command with -confirm %d to delete them", planned, planned)
	}
	return each(ctx, len(jobs), func(ctx context.Context, i int) error {
		j := jobs[i]
		if j.Status != "planned" {
			return nil
		}
		if err := u.call(ctx, "POST", "/jobs/"+j.ID+"/confirmation", "", fmt.Appendf(nil, `{"delete":%d}`, j.Planned), &j); err != nil {
			return fmt.Errorf("confirm job %d: %w", i+1, err)
		}
		return await(ctx, u, j, func(j job) { shown.set(i, j) })
	})
}

// pollEvery is the time between two looks at a job.
var pollEvery = time.Second

// await waits until a job has ended or is planned.
func await(ctx context.Context, u *usher, j job, seen func(job)) error {
	for seen(j); !j.ended(); seen(j) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
		var next job
		if err := u.call(ctx, "GET", "/jobs/"+j.ID, "", nil, &next); err != nil {
			return fmt.Errorf("read job %s: %w", j.ID, err)
		}
		j = next
	}
	if j.Problem != nil {
		return fmt.Errorf("job %s failed: %w", j.ID, j.Problem)
	}
	return nil
}

// each does something for several jobs, a few at once.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	errs := make([]error, n)
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			errs[i] = do(ctx, i)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// results returns the results of a job with a status.
func results(ctx context.Context, u *usher, id, status string) ([]result, error) {
	var all []result
	for query := (url.Values{"status": {status}, "limit": {"1000"}}); ; {
		var page struct {
			Results []result `json:"results"`
			Next    string   `json:"next"`
		}
		if err := u.call(ctx, "GET", "/jobs/"+id+"/results?"+query.Encode(), "", nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Results...)
		if page.Next == "" {
			return all, nil
		}
		query.Set("cursor", page.Next)
	}
}

// reason returns the problem of a record in one text.
func (r result) reason() string {
	if r.Problem == nil {
		return r.Status
	}
	text := r.Status + ": " + r.Problem.Code + ": " + r.Problem.Detail
	if len(r.Problem.Errors) > 1 {
		encoded, _ := json.Marshal(r.Problem.Errors) // it has texts only
		text += " " + string(encoded)
	}
	return text
}
