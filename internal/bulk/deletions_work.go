package bulk

import (
	"context"
	"encoding/json"
	"fmt"

	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/users"
)

type deletionsWork struct{ dir DeletionDirectory }

// one plans the deletion of a user, and carries it out once the plan is confirmed.
func (w deletionsWork) one(ctx context.Context, c api.Call, r jobs.Run, record jobs.Record, earlier jobs.Result) (jobs.Result, error) {
	if r.Confirmed() {
		return w.carryOut(ctx, c, r, earlier)
	}
	return w.plan(ctx, c, record)
}

func (w deletionsWork) plan(ctx context.Context, c api.Call, record jobs.Record) (jobs.Result, error) {
	var d deletion
	if err := decodeStored(record.Body, &d); err != nil {
		return jobs.Result{}, err
	}
	id := d.ID
	if d.Email != nil {
		found, err := users.FindOne(ctx, w.dir, c.FrontEnd, *d.Email)
		if err != nil {
			return jobs.Result{}, err
		}
		text := found.String()
		id = &text
	}
	// A user found by address is read again: the response of another endpoint may differ in details,
	// and every planned user is compared with this one.
	state, _, err := w.read(ctx, c, *id)
	if err != nil {
		return jobs.Result{UserID: *id}, err
	}
	note, err := json.Marshal(state)
	return jobs.Result{Outcome: jobs.RecordPlanned, UserID: *id, Note: note}, err
}

func (w deletionsWork) read(ctx context.Context, c api.Call, id string) (userState, limits.UserID, error) {
	user, within, err := w.dir.UserWithin(ctx, c.FrontEnd, id)
	if err != nil {
		return userState{}, limits.UserID{}, err
	}
	state, err := stateOf(user)
	return state, within, err
}

// carryOut deletes a planned user. The provider has no conditional deletion: a change between the read and
// the deletion is not noticed.
func (w deletionsWork) carryOut(ctx context.Context, c api.Call, r jobs.Run, planned jobs.Result) (jobs.Result, error) {
	var before userState
	var options deletionOptions
	if err := decodeStored(planned.Note, &before); err != nil {
		return jobs.Result{}, err
	}
	if err := decodeStored(r.Manifest().Options, &options); err != nil {
		return jobs.Result{}, err
	}
	result := jobs.Result{Outcome: jobs.RecordSucceeded, UserID: planned.UserID}
	now, user, err := w.read(ctx, c, planned.UserID)
	switch {
	case problem.Is(err, problem.UserNotFound): // as for the single operation, this is a success
		err = nil
	case err != nil:
	case now.hasChangedSince(before):
		return skipped(r, result, problem.UserChanged.New("The user has changed since the plan, and was not deleted.")), nil
	case now.hasSignedInSince(before) && options.IfSignedIn != deleteSignedIn:
		return skipped(r, result, problem.UserSignedIn.New("The user has signed in since the plan, and was not deleted.")), nil
	default:
		err = w.dir.Delete(ctx, user)
	}
	audit(ctx, r, planned.UserID, err, "user.delete")
	return result, err
}

func skipped(r jobs.Run, result jobs.Result, why error) jobs.Result {
	result.Outcome, result.Problem = jobs.RecordSkipped, documented(r, why)
	return result
}

// findTwice fails the planned records whose user an earlier record names, too: one by ID, one by address.
// The start of the job cannot see that.
func findTwice(ctx context.Context, r jobs.Run) error {
	if r.Confirmed() {
		return nil
	}
	seen := map[string]bool{}
	for chunk := range r.Manifest().Chunks {
		results, err := r.Results(ctx, chunk)
		if err != nil {
			return err
		}
		found := false
		for i, result := range results {
			switch {
			case result.Outcome != jobs.RecordPlanned:
			case seen[result.UserID]:
				twice := problem.DuplicateRecord.New("An earlier record is about the same user.")
				results[i].Outcome, results[i].Note, results[i].Problem, found = jobs.RecordFailed, nil, documented(r, twice), true
			default:
				seen[result.UserID] = true
			}
		}
		if !found {
			continue
		}
		if err := r.SetResults(ctx, chunk, results); err != nil {
			return fmt.Errorf("store the records about the same user: %w", err)
		}
	}
	return nil
}
