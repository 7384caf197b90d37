package bulk

import (
	"context"
	"strings"

	"usher/internal/address"
	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/problem"
)

// settle gives every open record of an ended import its outcome.
func (c *importChunk) settle(ctx context.Context, intent importIntent, job imports.Job) error {
	failures, err := c.run.provider.Failures(inBackground(ctx), intent.ID)
	if err != nil {
		return err
	}
	if _, err := c.storedExisting(ctx); err != nil {
		return err
	}
	failed, isCertain, err := c.match(ctx, failures)
	if err != nil {
		return err
	}
	isCertain = isCertain && job.Status == imports.Completed && (job.Failed == nil || *job.Failed <= len(failed))
	var own []int // may have been imported by an earlier attempt
	for _, i := range c.open() {
		id, err := c.userID(ctx, i)
		if err != nil {
			return err
		}
		p := failed[i]
		switch {
		case p != nil && problem.Is(p, problem.UserExists) && intent.Repeat && !c.run.options.Upsert:
			own = append(own, i)
		case p != nil && problem.Is(p, problem.PartlyUpdated):
			c.set(ctx, i, jobs.RecordFailed, id, p)
		case p != nil:
			c.set(ctx, i, jobs.RecordFailed, c.existing[i].UserID, p)
		case isCertain:
			c.set(ctx, i, jobs.RecordSucceeded, id, nil)
		default:
			c.set(ctx, i, jobs.RecordUnknown, id, errUnknownImport())
		}
	}
	return c.eachExisting(ctx, own, failed)
}

// match assigns failures to records. It is not certain if a failure fits no record: then any record without
// a failure may have failed.
func (c *importChunk) match(ctx context.Context, failures []imports.Failure) (failed map[int]*problem.Error, isCertain bool, err error) {
	byName := map[string]int{}
	for i, user := range c.users {
		if c.records[i].Problem != nil {
			continue
		}
		id, err := c.recordID(ctx, i)
		if err != nil {
			return nil, false, err
		}
		byName["user_id "+id] = i
		for _, name := range namesOf(user.Email, user.Username, user.PhoneNumber) {
			byName[name] = i
		}
	}
	failed, isCertain = map[int]*problem.Error{}, true
	for _, f := range failures {
		i, found := find(byName, f, c.run.provider.UserID(""))
		if !found {
			isCertain = false
		} else if failed[i] == nil {
			failed[i] = f.Problem
		}
	}
	return failed, isCertain, nil
}

// find returns the record of a failure. The ID is the safest sign, with or without the provider's prefix.
func find(byName map[string]int, f imports.Failure, prefix string) (i int, found bool) {
	names := append([]string{"user_id " + strings.TrimPrefix(f.UserID, prefix)}, namesOf(f.Email, &f.Username, &f.PhoneNumber)...)
	for _, name := range names {
		if i, found := byName[name]; found {
			return i, true
		}
	}
	return 0, false
}

// namesOf returns the identifiers of a user, in one spelling.
func namesOf(email string, username, phone *string) (names []string) {
	if email != "" {
		names = append(names, "email "+address.Fold(email))
	}
	if username != nil && *username != "" {
		names = append(names, "username "+strings.ToLower(*username))
	}
	if phone != nil && *phone != "" {
		names = append(names, "phone "+*phone)
	}
	return names
}
