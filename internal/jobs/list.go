package jobs

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

const (
	listPurpose  = "jobs-cursor"
	defaultLimit = 20
	maxLimit     = 50
)

// listPosition is a position in the list of jobs: the name in the index after which it continues.
type listPosition struct {
	After string `json:"a"`
}

// List serves GET /jobs: the front-end's jobs, newest first.
func List(s *Service) api.Operation {
	return s.operation(api.Operation{
		Name:        "listjobs",
		Routes:      []string{"GET /jobs"},
		Permissions: anyGroup,
		TakesQuery:  true,
		NoToken:     true,
	}, func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		q := httpapi.NewQuery(r)
		limit, cursor := q.Int("limit", defaultLimit, 1, maxLimit), q.String("cursor")
		if err := q.Err(); err != nil {
			return err
		}
		ctx, frontEnd := r.Context(), c.Caller.FrontEnd()
		from, err := httpapi.OpenCursor[listPosition](ctx, s.opts.Sealer, listPurpose, frontEnd, cursor)
		if err != nil {
			return err
		}
		if from == nil {
			from = &listPosition{}
		}
		found, next, err := s.list(ctx, c.Caller, from.After, limit)
		if err != nil {
			return err
		}
		body := struct {
			Jobs []view `json:"jobs"`
			Next string `json:"next,omitempty"`
		}{Jobs: []view{}}
		for _, j := range found {
			body.Jobs = append(body.Jobs, j.view())
		}
		if next != "" {
			if body.Next, err = httpapi.SealCursor(ctx, s.opts.Sealer, listPurpose, frontEnd, listPosition{After: next}); err != nil {
				return err
			}
			httpapi.LinkNext(w, r, body.Next, limit)
		}
		return httpapi.JSON(w, http.StatusOK, body)
	})
}

// list returns a page of the front-end's jobs, and the name after which the next page begins; "" for none.
func (s *Service) list(ctx context.Context, caller httpapi.Caller, after string, limit int) (page []*job, next string, err error) {
	known, err := s.names(ctx)
	if err != nil {
		return nil, "", err
	}
	for {
		entries, err := s.entries(ctx, known.frontEnds(caller.FrontEnd()), after, limit+1)
		if err != nil {
			return nil, "", err
		}
		more := len(entries) > limit
		entries = entries[:min(limit, len(entries))]
		found, err := s.findAll(ctx, caller, entries)
		if err != nil {
			return nil, "", err
		}
		for i, j := range found {
			if j == nil { // expired
				continue
			}
			if page = append(page, j); len(page) == limit && (more || i < len(found)-1) {
				return page, entries[i], nil
			}
		}
		if !more {
			return page, "", nil
		}
		after = entries[len(entries)-1]
	}
}

// entries returns at most limit names of the front-end's index, in all its folders together.
func (s *Service) entries(ctx context.Context, frontEnds []string, after string, limit int) ([]string, error) {
	var all []string
	for _, name := range frontEnds {
		folder, from := indexFolder(name), ""
		if after != "" {
			from = folder + after
		}
		keys, err := s.opts.Store.List(ctx, folder, from, limit)
		if err != nil {
			return nil, unavailable(err)
		}
		for _, key := range keys {
			all = append(all, strings.TrimPrefix(key, folder))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(limit, len(all))], nil
}

// findAll returns the jobs of entries, with nil for those that have expired.
func (s *Service) findAll(ctx context.Context, caller httpapi.Caller, entries []string) ([]*job, error) {
	found := make([]*job, len(entries))
	err := inParallel(ctx, len(entries), func(ctx context.Context, i int) (err error) {
		found[i], err = s.find(ctx, caller, idOf(entries[i]))
		if problem.Is(err, problem.JobNotFound) {
			found[i], err = nil, nil
		}
		return err
	})
	return found, err
}
