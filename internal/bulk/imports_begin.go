package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/problem"
)

const (
	// firstPoll and lastPoll bound the waits for an import: an eighth of its age.
	firstPoll = 2 * time.Second
	lastPoll  = 15 * time.Second
	// existingLife is how long the users who were found before an upsert count.
	existingLife = 30 * time.Minute
)

// begin starts the import of the open records.
func (c *importChunk) begin(ctx context.Context) (progress, error) {
	if err := c.checkLimits(ctx); err != nil || len(c.open()) == 0 {
		return progress{}, err
	}
	if err := c.save(ctx); err != nil { // refused records are not in the import, also if the limits change again
		return progress{}, err
	}
	if c.run.at.Connection == "" { // no import of the job has begun
		id, err := c.run.provider.Connection(inBackground(ctx), c.run.options.Connection)
		switch {
		case problem.IsProblem(err) && !jobs.MayPass(err):
			return progress{}, errors.Join(errStopped, c.run.Fail(ctx, err))
		case err != nil:
			return progress{}, err
		}
		c.run.at.Connection = id
	}
	if err := c.findExisting(ctx); err != nil {
		return progress{}, c.refused(ctx, err)
	}
	im, err := c.plan(ctx)
	if err != nil {
		return progress{}, err
	}
	intent, created, err := c.claim(ctx, importIntent{Begun: c.run.Now()})
	if err != nil {
		return progress{}, err
	}
	if !created { // another call of Run was faster, or has crashed
		return c.follow(ctx, intent)
	}
	return c.start(ctx, intent, im)
}

// checkLimits fails the records that the front-end's limits exclude now.
func (c *importChunk) checkLimits(ctx context.Context) error {
	caller, refused := c.run.Call()
	if refused != nil && (!problem.IsProblem(refused) || jobs.MayPass(refused)) {
		return refused
	}
	for _, i := range c.open() {
		err := refused
		if err == nil {
			err = checkImportLimits(caller, c.run.options, c.users[i])
		}
		if err != nil {
			c.set(ctx, i, jobs.RecordFailed, "", problem.From(err))
		}
	}
	return nil
}

// plan returns the import of the open records.
func (c *importChunk) plan(ctx context.Context) (imports.Import, error) {
	im := imports.Import{ConnectionID: c.run.at.Connection, Upsert: c.run.options.Upsert}
	for _, i := range c.open() {
		planned := imports.Planned{User: c.users[i], Reserved: c.existing[i].Reserved}
		if !im.Upsert {
			var err error
			if planned.RecordID, err = c.recordID(ctx, i); err != nil {
				return imports.Import{}, err
			}
		}
		im.Users = append(im.Users, planned)
	}
	return im, nil
}

func (c *importChunk) start(ctx context.Context, intent importIntent, im imports.Import) (progress, error) {
	id, err := c.run.provider.Start(inBackground(ctx), im)
	switch {
	case err == nil:
		c.state.Open, c.state.Stalls = true, 0
		intent.ID = id
		return progress{wait: firstPoll}, c.run.SetIntent(ctx, c.intentName(), intent)
	case errors.Is(err, imports.ErrPerhapsStarted):
		c.state.Open = true
		return progress{wait: lastPoll}, nil
	}
	if closed := c.close(ctx, intent, false); closed != nil {
		return progress{}, closed
	}
	return progress{}, c.refused(ctx, err)
}

// refused fails the open records with a problem that will not pass. It returns any other error.
func (c *importChunk) refused(ctx context.Context, err error) error {
	if errors.Is(err, errStopped) || !problem.IsProblem(err) || jobs.MayPass(err) {
		return err
	}
	for _, i := range c.open() {
		c.set(ctx, i, jobs.RecordFailed, "", problem.From(err))
	}
	return nil
}

// existingUsers are the users who were found before an upsert, by record. It is stored, so that a search that
// is interrupted continues.
type existingUsers struct {
	Begun time.Time                `json:"begun"`
	Found map[int]imports.Existing `json:"found"` // a zero one for no user
}

// findExisting looks up the users whose app_metadata an upsert replaces: it must not remove the service's
// own data. Nothing else needs them.
func (c *importChunk) findExisting(ctx context.Context) error {
	stored, err := c.storedExisting(ctx)
	if err != nil || !c.needsExisting() {
		return err
	}
	var missing []int
	for _, i := range c.open() {
		if _, known := stored.Found[i]; !known && c.users[i].AppMetadata != nil {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	found := make([]*imports.Existing, len(c.records))
	err = c.run.each(ctx, missing, false, func(ctx context.Context, i int) error {
		user, err := c.run.provider.Existing(ctx, c.run.options.Connection, c.users[i].Email)
		if err == nil {
			found[i] = &user
		}
		return err
	})
	for i, user := range found {
		if user != nil {
			c.existing[i] = *user
		}
	}
	return errors.Join(err, c.run.SetIntent(ctx, c.existingName(), stored))
}

func (c *importChunk) needsExisting() bool {
	replaces := func(user imports.User) bool { return user.AppMetadata != nil }
	return c.run.options.Upsert && slices.ContainsFunc(c.users, replaces)
}

func (c *importChunk) existingName() string { return fmt.Sprintf("existing-%d", c.n) }

// storedExisting reads the users who were found, into c.existing as well.
func (c *importChunk) storedExisting(ctx context.Context) (existingUsers, error) {
	stored := existingUsers{Begun: c.run.Now(), Found: map[int]imports.Existing{}}
	c.existing = stored.Found
	if !c.needsExisting() {
		return stored, nil
	}
	earlier, created, err := c.run.Intent(ctx, c.existingName(), stored)
	if err != nil || created {
		return stored, err
	}
	var known existingUsers
	if err := decodeStored(earlier, &known); err != nil {
		return stored, err
	}
	if c.run.Now().Sub(known.Begun) < existingLife || c.state.Open {
		stored = known
	}
	c.existing = stored.Found
	return stored, nil
}
