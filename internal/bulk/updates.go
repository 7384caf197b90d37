package bulk

import (
	"context"
	"encoding/json"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/metadata"
	"usher/internal/permission"
	"usher/internal/users"
	"usher/internal/valid"
)

// update is a record. Set is a body of PATCH /users/{id}; it and both kinds of metadata are merge patches.
type update struct {
	ID          *string        `json:"id"`
	Ref         *string        `json:"ref,omitempty"`
	Set         map[string]any `json:"set,omitempty"`
	Metadata    map[string]any `json:"metadata,omitempty"`
	AppMetadata map[string]any `json:"app_metadata,omitempty"`
	Blocked     *bool          `json:"blocked,omitempty"`
}

// Updates is the kind of the jobs of POST /user-updates. Without dir it only starts jobs.
func Updates(dir users.Updater) jobs.Definition {
	d := jobs.Definition{
		Kind:    jobs.Updates,
		Options: noOptions,
		Check: func(_ context.Context, c api.Call, _ json.RawMessage, line []byte) (jobs.Line, error) {
			var record update
			if err := httpapi.DecodeLine(line, &record); err != nil {
				return jobs.Line{}, err
			}
			if _, err := record.read(c); err != nil {
				return jobs.Line{}, err
			}
			return lineOf(record.Ref, record, "id "+*record.ID)
		},
	}
	if dir != nil {
		d.Work = jobs.Each{One: updatesWork{dir}.one}
	}
	return d
}

// read checks the record. Its metadata is as in the record: the changes depend on the user's metadata.
func (u update) read(c api.Call) (users.Patch, error) {
	if err := u.check(c); err != nil {
		return users.Patch{}, err
	}
	var faults valid.Faults
	faults.Require("id", u.ID, valid.ID)
	if len(u.Set)+len(u.Metadata)+len(u.AppMetadata) == 0 && u.Blocked == nil {
		faults.Add("set", "has no member, and neither have metadata and app_metadata; blocked is missing")
	}
	user := metadata.User.CheckPatch(&faults, u.Metadata, "metadata.")
	app := metadata.App.CheckPatch(&faults, u.AppMetadata, "app_metadata.")
	patch := users.Patch{Members: map[string]bool{}}
	var err error
	if u.Set != nil {
		patch, err = users.ParsePatch(u.Set)
	}
	patch.Blocked, patch.Metadata, patch.AppMetadata = u.Blocked, user, app
	return patch, faults.With(within("set", err))
}

// check refuses the members that the caller may not change.
func (u update) check(c api.Call) error {
	for _, member := range []struct {
		isSet bool
		group permission.Name
	}{
		{u.Set != nil, permission.Manage}, {u.Metadata != nil, permission.Metadata}, {u.Blocked != nil, permission.Support},
	} {
		if !member.isSet {
			continue
		}
		if err := c.CheckPermission(member.group); err != nil {
			return err
		}
	}
	if u.AppMetadata != nil {
		return c.CheckAppMetadata()
	}
	return nil
}

// changes returns the names of the single operations that would make the changes.
func (u update) changes() (names []string) {
	if u.Blocked != nil && *u.Blocked {
		names = append(names, "user.block")
	}
	if len(u.Set) > 0 {
		names = append(names, "user.update")
	}
	if len(u.Metadata) > 0 {
		names = append(names, "metadata.update")
	}
	if len(u.AppMetadata) > 0 {
		names = append(names, "app-metadata.update")
	}
	if u.Blocked != nil && !*u.Blocked {
		names = append(names, "user.unblock")
	}
	return names
}
