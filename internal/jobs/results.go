package jobs

import (
	"context"
	"encoding/json"
	"errors"
)

// storedResult is a result in the store.
type storedResult struct {
	Result
	Note  json.RawMessage `json:"note,omitempty"`
	Begun bool            `json:"begun,omitempty"`
}

func (s *Service) putResults(ctx context.Context, id string, n int, results []Result) error {
	stored := make([]storedResult, len(results))
	for i, result := range results {
		stored[i] = storedResult{Result: result, Note: result.Note, Begun: result.Begun}
	}
	return s.objects.put(ctx, resultsKey(id, n), stored)
}

// results returns the stored results of a chunk; nil if there are none.
func (s *Service) results(ctx context.Context, id string, n int) ([]Result, error) {
	var stored []storedResult
	if _, err := s.objects.find(ctx, resultsKey(id, n), &stored); err != nil {
		return nil, err
	}
	var results []Result
	for _, one := range stored {
		one.Result.Note, one.Result.Begun = one.Note, one.Begun
		results = append(results, one.Result)
	}
	return results, nil
}

// Initial returns the results of records before any work: those of invalid records have failed, and the
// others are pending.
func Initial(m Manifest, records []Record) []Result {
	results := make([]Result, len(records))
	for i, record := range records {
		results[i] = Result{Index: record.Index, Ref: record.Ref, Outcome: RecordPending}
		if record.Problem != nil {
			found := *record.Problem
			found.RequestID = m.RequestID
			results[i].Outcome, results[i].Problem = RecordFailed, &found
		}
	}
	return results
}

// chunkResults returns a result for every record of a chunk of the input.
func (s *Service) chunkResults(ctx context.Context, j *job, n int) ([]Result, error) {
	stored, err := s.results(ctx, j.ID, n)
	if errors.Is(err, errForeign) {
		stored, err = nil, nil
	}
	if err != nil || len(stored) >= j.Chunks[n].Records {
		return stored, err
	}
	records, err := s.records(ctx, j.Manifest, n)
	all := Initial(j.Manifest, records)
	if errors.Is(err, ErrNoObject) || errors.Is(err, errForeign) { // an interrupted start has not stored the chunk, or it is not ours
		all, err = j.unread(n), nil
	}
	if err != nil {
		return nil, err
	}
	for _, result := range stored {
		if i := result.Index - all[0].Index; i >= 0 && i < len(all) {
			all[i] = result
		}
	}
	return all, nil
}

// unread returns the results of a chunk that cannot be read.
func (j *job) unread(n int) []Result {
	first := 0
	for _, chunk := range j.Chunks[:n] {
		first += chunk.Records
	}
	results := make([]Result, j.Chunks[n].Records)
	for i := range results {
		results[i] = Result{Index: first + i, Outcome: RecordPending}
	}
	return results
}

// isOpen reports whether work remains for the record.
func (r Result) isOpen() bool { return r.Outcome == RecordPending || r.Outcome == RecordPlanned }

// shown returns a result as in responses: the end of a job skips the records that are still open.
func (j *job) shown(result Result) Result {
	switch {
	case j.end == nil || !result.isOpen():
	case result.Begun:
		result.Outcome, result.Problem = RecordUnknown, j.end.Unknown
	default:
		result.Outcome, result.Problem = RecordSkipped, j.end.Skipped
	}
	return result
}
