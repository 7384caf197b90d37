package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/problem"
)

// importChunk is a chunk of the records in work. Its slices have an item for each record.
type importChunk struct {
	run       *importsRun
	n         int
	cancelled bool
	state     importState
	records   []jobs.Record
	users     []imports.User // zero for an invalid record
	results   []jobs.Result
	existing  map[int]imports.Existing // before an upsert, by record; only some are known
	changed   bool                     // results differ from the stored ones
}

// importIntent says that an attempt to start a chunk's import is about to begin, and then what it started.
type importIntent struct {
	Begun  time.Time `json:"begun"`
	ID     string    `json:"id,omitempty"`     // of the import; "" while it is unknown
	Closed bool      `json:"closed,omitempty"` // the attempt has no import to wait for
	Repeat bool      `json:"repeat,omitempty"` // see importState
}

// chunk continues a chunk.
func (r *importsRun) chunk(ctx context.Context, n int, cancelled bool) (progress, error) {
	c := &importChunk{run: r, n: n, cancelled: cancelled, state: r.at.Chunks[n]}
	var err error
	if c.results, err = r.Results(ctx, n); err != nil {
		return progress{}, err
	}
	if len(c.results) == r.Manifest().Chunks[n].Records && len(c.open()) == 0 {
		return progress{ended: true}, r.Finish(ctx, n)
	}
	if err := c.read(ctx); err != nil {
		return progress{}, err
	}
	p, err := c.advance(ctx)
	if problem.IsProblem(err) { // the provider's; the job goes on when it has passed
		p, err = progress{wait: c.stalled(err)}, nil
	}
	if c.state != (importState{}) {
		r.at.Chunks[n] = c.state
	}
	if saved := c.save(ctx); saved != nil {
		return progress{}, saved
	}
	if err == nil && len(c.open()) == 0 {
		p, err = progress{ended: true}, r.Finish(ctx, n)
	}
	return p, err
}

// read reads the records.
func (c *importChunk) read(ctx context.Context) error {
	var err error
	if c.records, err = c.run.Records(ctx, c.n); err != nil {
		return err
	}
	if len(c.results) != len(c.records) {
		c.results = jobs.Initial(c.run.Manifest(), c.records)
		c.changed = len(c.open()) == 0 // only invalid records: no other change is to come
	}
	c.users = make([]imports.User, len(c.records))
	for i, record := range c.records {
		if record.Problem == nil {
			if err := decodeStored(record.Body, &c.users[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// open returns the records without an outcome.
func (c *importChunk) open() (open []int) {
	for i, result := range c.results {
		if result.Outcome == jobs.RecordPending {
			open = append(open, i)
		}
	}
	return open
}

// set sets the outcome of a record. A nil problem is a success.
func (c *importChunk) set(ctx context.Context, i int, outcome jobs.Outcome, userID string, err *problem.Error) {
	result := &c.results[i]
	result.Outcome, result.UserID = outcome, userID
	if err == nil {
		audit(ctx, c.run, userID, nil, "user.import")
	} else {
		audit(ctx, c.run, userID, err, "user.import")
		result.Problem = documented(c.run, err)
	}
	c.changed = true
}

// save stores the results, if they have changed.
func (c *importChunk) save(ctx context.Context) error {
	if !c.changed {
		return nil
	}
	c.changed = false
	return c.run.SetResults(ctx, c.n, c.results)
}

// advance continues a chunk with open records. An error that is a problem is the provider's.
func (c *importChunk) advance(ctx context.Context) (progress, error) {
	if c.state.Open || c.cancelled {
		intent, created, err := c.claim(ctx, importIntent{Closed: true})
		switch {
		case err != nil:
			return progress{}, err
		case !created:
			return c.follow(ctx, intent)
		case c.cancelled && c.state.Repeat && c.run.options.Upsert: // its users do not show whether it ran
			return progress{}, c.unknown(ctx)
		case c.cancelled:
			return progress{}, nil
		}
		c.state.Attempt++ // the claim has closed this one
	}
	return c.begin(ctx)
}

// follow waits for the end of an attempt that has begun.
func (c *importChunk) follow(ctx context.Context, intent importIntent) (progress, error) {
	c.state.Open = true
	if intent.ID == "" {
		return c.lost(ctx, intent)
	}
	return c.poll(ctx, intent)
}

// claim stores the intent of the next attempt, unless an earlier attempt has not ended: then it returns the
// intent of that.
func (c *importChunk) claim(ctx context.Context, mine importIntent) (found importIntent, created bool, err error) {
	for {
		mine.Repeat = c.state.Repeat
		stored, created, err := c.run.Intent(ctx, c.intentName(), mine)
		if err != nil || created {
			return mine, created, err
		}
		found = importIntent{}
		if err := json.Unmarshal(stored, &found); err != nil {
			return importIntent{}, false, fmt.Errorf("decode an intent: %w", err)
		}
		c.state.Repeat = c.state.Repeat || found.Repeat
		if !found.Closed {
			return found, false, nil
		}
		c.state.Attempt++
		c.state.Open = false
	}
}

func (c *importChunk) intentName() string { return fmt.Sprintf("import-%d-%d", c.n, c.state.Attempt) }

// close ends an attempt. repeat tells the next one that this one may have imported users.
func (c *importChunk) close(ctx context.Context, intent importIntent, repeat bool) error {
	intent.Closed, intent.Repeat = true, intent.Repeat || repeat
	if err := c.run.SetIntent(ctx, c.intentName(), intent); err != nil {
		return err
	}
	c.state = importState{Attempt: c.state.Attempt + 1, Repeat: intent.Repeat, Stalls: c.state.Stalls}
	return nil
}

// recordID returns the ID with which a record's user is created: it is the same in every attempt.
func (c *importChunk) recordID(ctx context.Context, i int) (string, error) {
	key, err := c.run.Key(ctx, fmt.Sprintf("import %d", c.records[i].Index))
	if err != nil {
		return "", err
	}
	return creationRecord(key).ID, nil
}

// userID returns the ID of a record's user, or "" if an upsert does not know it.
func (c *importChunk) userID(ctx context.Context, i int) (string, error) {
	if c.run.options.Upsert {
		return c.existing[i].UserID, nil
	}
	id, err := c.recordID(ctx, i)
	return c.run.provider.UserID(id), err
}

// lastRefusal is the longest wait for a call that is refused until others have ended.
const lastRefusal = time.Minute

// stalled returns the wait after a failed call.
func (c *importChunk) stalled(err error) time.Duration {
	longest := jobs.MaxWait
	if problem.From(err).Kind.Status == http.StatusTooManyRequests {
		longest = lastRefusal
	}
	c.state.Stalls++
	return jobs.StallWait(c.state.Stalls-1, longest, err)
}
