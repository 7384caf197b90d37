package bulk

import (
	"context"
	"time"

	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/problem"
)

const (
	// startLife is after what time no process can still be starting an import.
	startLife = time.Minute
	// longestImport is when an import whose end is not seen counts as ended: it has timed out.
	longestImport = imports.Timeout + 5*time.Minute
)

// poll asks for the end of an import.
func (c *importChunk) poll(ctx context.Context, intent importIntent) (progress, error) {
	job, err := c.run.provider.Job(inBackground(ctx), intent.ID)
	if err != nil {
		return progress{}, err
	}
	c.state.Stalls = 0
	age := c.run.Now().Sub(intent.Begun)
	switch {
	case job.Status == imports.Runs && age < longestImport:
		return progress{wait: min(max(age/8, firstPoll), lastPoll)}, nil
	case job.Status == imports.Runs, job.Status == imports.Gone:
		return progress{}, c.unknown(ctx)
	}
	return progress{}, c.settle(ctx, intent, job)
}

// unknown ends the chunk: nothing is known of the open records.
func (c *importChunk) unknown(ctx context.Context) error {
	if _, err := c.storedExisting(ctx); err != nil {
		return err
	}
	for _, i := range c.open() {
		id, err := c.userID(ctx, i)
		if err != nil {
			return err
		}
		c.set(ctx, i, jobs.RecordUnknown, id, errUnknownImport())
	}
	return nil
}

// lost waits for the end of an import whose ID is unknown, since the process or the connection broke while it
// was started. Without upsert, the users show whether it has run.
func (c *importChunk) lost(ctx context.Context, intent importIntent) (progress, error) {
	age := c.run.Now().Sub(intent.Begun)
	if age < startLife { // another call of Run may be starting it
		return progress{wait: min(lastPoll, startLife-age)}, nil
	}
	seen := false
	if !c.run.options.Upsert {
		var err error
		if seen, err = c.lastExists(ctx); err != nil {
			return progress{}, err
		}
	}
	if !seen && age < longestImport {
		return progress{wait: min(max(age/8, firstPoll), time.Minute)}, nil
	}
	if c.run.options.Upsert && c.cancelled {
		return progress{}, c.unknown(ctx)
	}
	if err := c.succeedExisting(ctx); err != nil {
		return progress{}, err
	}
	if err := c.close(ctx, intent, true); err != nil || c.cancelled || len(c.open()) == 0 {
		return progress{}, err
	}
	return c.begin(ctx)
}

// lastExists reports whether the user of the last open record exists. An import keeps the order of its users,
// so that it has gone through all of them.
func (c *importChunk) lastExists(ctx context.Context) (bool, error) {
	open := c.open()
	id, err := c.recordID(ctx, open[len(open)-1])
	if err != nil {
		return false, err
	}
	return c.run.provider.Exists(inBackground(ctx), id)
}

// succeedExisting ends the open records whose users exist. An upsert is repeated instead: it has no IDs.
func (c *importChunk) succeedExisting(ctx context.Context) error {
	if c.run.options.Upsert {
		return nil
	}
	return c.eachExisting(ctx, c.open(), nil)
}

// eachExisting looks for the users of some records: those who exist are a success. Other records fail with
// their problem; without problems they stay open.
func (c *importChunk) eachExisting(ctx context.Context, records []int, problems map[int]*problem.Error) error {
	exists := make([]*bool, len(c.records))
	stopped := c.run.each(ctx, records, true, func(ctx context.Context, i int) error {
		id, err := c.recordID(ctx, i)
		if err != nil {
			return err
		}
		found, err := c.run.provider.Exists(ctx, id)
		if err == nil {
			exists[i] = &found
		}
		return err
	})
	for _, i := range records {
		switch {
		case exists[i] == nil:
		case *exists[i]:
			id, err := c.userID(ctx, i)
			if err != nil {
				return err
			}
			c.set(ctx, i, jobs.RecordSucceeded, id, nil)
		case problems[i] != nil:
			c.set(ctx, i, jobs.RecordFailed, "", problems[i])
		}
	}
	return stopped
}
