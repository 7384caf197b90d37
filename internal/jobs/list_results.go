package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

const (
	resultsPurpose      = "job-results-cursor"
	defaultResultsLimit = 200
	maxResultsLimit     = 1000
	// maxPage limits the results of a page, in bytes. A page has at least one result.
	maxPage = 5 << 19
)

// resultsPosition is a position in the results of a job.
type resultsPosition struct {
	Chunk int `json:"c"`
	Skip  int `json:"s"` // results of the chunk that earlier pages had, or had no place for
}

// ListResults serves GET /jobs/{id}/results: a result for each record, in the order of the records.
func ListResults(s *Service) api.Operation {
	return s.operation(api.Operation{
		Name:        "listjobresults",
		Routes:      []string{"GET /jobs/{id}/results"},
		Parameters:  api.Parameters{"id": api.Job},
		Permissions: anyGroup,
		TakesQuery:  true,
		NoToken:     true,
	}, func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		q := httpapi.NewQuery(r)
		limit, cursor := q.Int("limit", defaultResultsLimit, 1, maxResultsLimit), q.String("cursor")
		var names []string
		for _, outcome := range outcomes {
			names = append(names, string(outcome))
		}
		status := Outcome(q.OneOf("status", names...))
		if err := q.Err(); err != nil {
			return err
		}
		ctx := r.Context()
		j, err := s.find(ctx, c.Caller, c.Parameter("id"))
		if err != nil {
			return err
		}
		if j.erased {
			return problem.ResultsErased.New("The job's input and results were erased. Its counts are at GET /jobs/{id}.")
		}
		binding := j.ID + " " + string(status)
		from, err := httpapi.OpenCursor[resultsPosition](ctx, s.opts.Sealer, resultsPurpose, binding, cursor)
		if err != nil {
			return err
		}
		if from == nil {
			from = &resultsPosition{}
		}
		p := page{limit: limit, results: []json.RawMessage{}}
		next, err := s.page(ctx, j, status, *from, &p)
		if err != nil {
			return err
		}
		body := struct {
			Results []json.RawMessage `json:"results"`
			Next    string            `json:"next,omitempty"`
		}{Results: p.results}
		if next != nil {
			if body.Next, err = httpapi.SealCursor(ctx, s.opts.Sealer, resultsPurpose, binding, *next); err != nil {
				return err
			}
			httpapi.LinkNext(w, r, body.Next, limit)
		}
		return httpapi.JSON(w, http.StatusOK, body)
	})
}

// page is a page of results that is being filled.
type page struct {
	limit   int
	results []json.RawMessage
	size    int
}

// add adds a result, and reports whether the page had room for it.
func (p *page) add(result Result) (bool, error) {
	encoded, err := json.Marshal(result)
	if err != nil {
		return false, fmt.Errorf("encode a result: %w", err)
	}
	if len(p.results) == p.limit || len(p.results) > 0 && p.size+len(encoded)+1 > maxPage {
		return false, nil
	}
	p.results, p.size = append(p.results, encoded), p.size+len(encoded)+1
	return true, nil
}

// page fills a page, and returns the position of the next one; nil on the last page.
func (s *Service) page(ctx context.Context, j *job, status Outcome, at resultsPosition, p *page) (*resultsPosition, error) {
	stored := j.state.Chunks
	if j.end != nil {
		stored = j.end.Chunks
	}
	tallies := j.chunkTallies(stored)
	for ; at.Chunk < len(tallies); at = (resultsPosition{Chunk: at.Chunk + 1}) {
		if status != "" && !j.mayHave(tallies[at.Chunk], status) {
			continue
		}
		results, err := s.resultsOf(ctx, j, at.Chunk)
		if err != nil {
			return nil, err
		}
		for ; at.Skip < len(results); at.Skip++ {
			result := j.shown(results[at.Skip])
			if status != "" && result.Outcome != status {
				continue
			}
			if added, err := p.add(result); err != nil || !added {
				return &at, err
			}
		}
	}
	return nil, nil
}

// mayHave reports whether a chunk with this tally can have results with an outcome. In a running job the
// results may be newer than the tally.
func (j *job) mayHave(t tally, status Outcome) bool {
	return t.of(status) > 0 || t.open() > 0 && (j.end == nil || status == RecordSkipped || status == RecordUnknown)
}

// resultsOf returns the results of a chunk: one for each of its records, where the job has input.
func (s *Service) resultsOf(ctx context.Context, j *job, n int) ([]Result, error) {
	if n < len(j.Chunks) {
		return s.chunkResults(ctx, j, n)
	}
	return s.results(ctx, j.ID, n)
}
