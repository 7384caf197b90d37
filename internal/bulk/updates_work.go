package bulk

import (
	"context"
	"encoding/json"

	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/limits"
	"usher/internal/metadata"
	"usher/internal/users"
)

type updatesWork struct{ dir users.Updater }

// one changes a user, in one call to the provider where it allows that.
func (w updatesWork) one(ctx context.Context, c api.Call, r jobs.Run, record jobs.Record, _ jobs.Result) (jobs.Result, error) {
	var u update
	if err := decodeStored(record.Body, &u); err != nil {
		return jobs.Result{}, err
	}
	err := w.apply(ctx, c, u)
	audit(ctx, r, *u.ID, err, u.changes()...)
	return jobs.Result{Outcome: jobs.RecordSucceeded, UserID: *u.ID}, err
}

func (w updatesWork) apply(ctx context.Context, c api.Call, u update) error {
	patch, err := u.read(c)
	if err != nil {
		return err
	}
	user, err := c.FrontEnd.CheckUser(ctx, *u.ID)
	if err != nil {
		return err
	}
	if err := w.mergeMetadata(ctx, user, &patch); err != nil {
		return err
	}
	if len(patch.Metadata) > 0 {
		patch.Members[users.MetadataMember] = true
	}
	if len(patch.AppMetadata) > 0 { // the provider would remove all of it for an empty object
		patch.Members[users.AppMetadataMember] = true
	}
	if patch.Blocked != nil {
		patch.Members[users.BlockedMember] = true
	}
	_, err = w.dir.Update(ctx, user, patch)
	return err
}

// mergeMetadata replaces the patches of metadata by the first-level members that change. It reads the user
// only for patches that need that; see metadata.Update.
func (w updatesWork) mergeMetadata(ctx context.Context, id limits.UserID, patch *users.Patch) error {
	for _, object := range []map[string]any{patch.Metadata, patch.AppMetadata} {
		blind, err := metadata.IsBlind(object)
		if err != nil {
			return err
		}
		if blind {
			continue
		}
		user, err := w.dir.User(ctx, id)
		if err != nil {
			return err
		}
		if patch.Metadata, err = changesOf(user.Metadata, patch.Metadata); err != nil {
			return within("metadata", err)
		}
		patch.AppMetadata, err = changesOf(user.AppMetadata, patch.AppMetadata)
		return within("app_metadata", err)
	}
	return nil
}

func changesOf(stored json.RawMessage, patch map[string]any) (map[string]any, error) {
	before := map[string]any{}
	if err := decodeStored(stored, &before); err != nil {
		return nil, err
	}
	return metadata.Changes(before, patch)
}
