package bulk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"usher/internal/address"
	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/users"
	"usher/internal/valid"
)

// deletion is a record. It has one of ID and Email.
type deletion struct {
	ID    *string `json:"id,omitempty"`
	Email *string `json:"email,omitempty"`
	Ref   *string `json:"ref,omitempty"`
}

// The values of if_signed_in: what happens to users who have signed in since the plan.
const (
	skipSignedIn   = "skip"
	deleteSignedIn = "delete"
)

type deletionOptions struct {
	IfSignedIn string `json:"if_signed_in"`
}

// DeletionDirectory finds and deletes users.
type DeletionDirectory interface {
	users.Deleter
	users.WithinGetter
}

// Deletions is the kind of the jobs of POST /user-deletions. Without dir it only starts jobs.
func Deletions(dir DeletionDirectory) jobs.Definition {
	d := jobs.Definition{
		Kind:    jobs.Deletions,
		Options: parseDeletionOptions,
		Check: func(_ context.Context, _ api.Call, _ json.RawMessage, line []byte) (jobs.Line, error) {
			var record deletion
			if err := record.read(line); err != nil {
				return jobs.Line{}, err
			}
			if record.ID != nil {
				return lineOf(record.Ref, record, "id "+*record.ID)
			}
			return lineOf(record.Ref, record, "email "+address.Fold(*record.Email))
		},
	}
	if dir != nil {
		d.Work = jobs.Each{One: deletionsWork{dir}.one, After: findTwice}
	}
	return d
}

func parseDeletionOptions(c api.Call, values url.Values) (json.RawMessage, error) {
	if err := c.CheckPermission(permission.Manage); err != nil {
		return nil, err
	}
	q := httpapi.QueryOf(values)
	o := deletionOptions{IfSignedIn: cmp.Or(q.OneOf("if_signed_in", skipSignedIn, deleteSignedIn), skipSignedIn)}
	if err := q.Err(); err != nil {
		return nil, err
	}
	options, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("encode the options of a deletion: %w", err)
	}
	return options, nil
}

func (d *deletion) read(line []byte) error {
	if err := httpapi.DecodeLine(line, d); err != nil {
		return err
	}
	var faults valid.Faults
	faults.AddIf(d.ID == nil && d.Email == nil, "id", "is missing, and so is email")
	faults.AddIf(d.ID != nil && d.Email != nil, "id", "cannot be combined with email")
	faults.Check("id", d.ID, valid.ID)
	faults.Check("email", d.Email, valid.KnownEmail)
	return faults.Err()
}
