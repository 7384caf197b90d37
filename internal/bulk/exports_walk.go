package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/quota"
	"usher/internal/users"
)

type exportsWork struct{ Sources }

// walk is the position of an export: a chunk of results is a page of the list.
type walk struct {
	Chunk int             `json:"chunk"`
	Users int             `json:"users"` // in the chunks before
	From  *users.Position `json:"from,omitempty"`
	Ended bool            `json:"ended,omitempty"`
}

// Run exports page by page, so that only one page is in memory. A repeated page replaces its results.
func (w exportsWork) Run(ctx context.Context, r jobs.Run) (jobs.Step, error) {
	var o exportOptions
	if err := decodeStored(r.Manifest().Options, &o); err != nil {
		return jobs.Step{}, err
	}
	var at walk
	if stored := r.Position(); stored != nil {
		if err := decodeStored(stored, &at); err != nil {
			return jobs.Step{}, err
		}
	}
	for !at.Ended {
		stop, err := r.Stopped(ctx)
		if err != nil || stop != jobs.GoOn {
			return jobs.Step{Done: err == nil && stop == jobs.OnCancel}, err
		}
		next, err := w.step(quota.With(ctx, quota.Background), r, o, at)
		if err != nil {
			return jobs.Step{}, err
		}
		if err := r.SetPosition(ctx, next); err != nil {
			return jobs.Step{}, err
		}
		at = next
	}
	return jobs.Step{Done: true}, nil
}

// step exports one page, or one user's whole record.
func (w exportsWork) step(ctx context.Context, r jobs.Run, o exportOptions, at walk) (walk, error) {
	c, err := r.Call()
	if err != nil {
		return walk{}, err
	}
	if o.UserID != "" {
		result, err := w.record(ctx, r, c, o.UserID)
		if err != nil {
			return walk{}, err
		}
		return walk{Ended: true}, r.SetResults(ctx, 0, []jobs.Result{result})
	}
	page, err := w.page(ctx, r, c, o.Query, at.From)
	if err != nil {
		return walk{}, err
	}
	results := make([]jobs.Result, len(page.Users))
	for i, user := range page.Users {
		text, err := json.Marshal(user)
		if err != nil {
			return walk{}, fmt.Errorf("encode a user: %w", err)
		}
		results[i] = jobs.Result{Index: at.Users + i, Outcome: jobs.RecordSucceeded, UserID: user.ID, User: text}
	}
	if err := r.SetResults(ctx, at.Chunk, results); err != nil {
		return walk{}, err
	}
	return walk{Chunk: at.Chunk + 1, Users: at.Users + len(results), From: page.Next, Ended: page.Next == nil}, nil
}

// page reads the users who existed when the job started, in order of creation, which never changes. A user
// who is deleted and created again meanwhile is a new one: none comes twice, without a list of all users.
func (w exportsWork) page(ctx context.Context, r jobs.Run, c api.Call, query string, from *users.Position) (users.Page, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return users.Page{}, fmt.Errorf("parse the filters of an export: %w", err)
	}
	q := httpapi.QueryOf(values)
	all := users.ParseAll(q)
	if err := q.Err(); err != nil {
		return users.Page{}, err
	}
	return all.CreatedBefore(r.Manifest().Created.Truncate(time.Millisecond)).Page(ctx, w.List, c, from)
}
