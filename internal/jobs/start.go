package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/problem"
)

// StartOperation returns an operation that starts a job. op declares its name, routes, permissions and change.
func StartOperation(s *Service, op api.Operation, d Definition) api.Operation {
	op.TakesQuery, op.NoToken = true, true
	if !d.NoInput {
		op.MaxBody = MaxBytes
	}
	return s.operation(op, func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		key, err := httpapi.IdempotencyKey(r)
		if err != nil {
			return err
		}
		var body []byte
		var lines [][]byte
		if d.NoInput {
			if err := httpapi.NoBody(r); err != nil {
				return err
			}
		} else if body, lines, err = readLines(r); err != nil {
			return err
		}
		query, err := httpapi.QueryValues(r)
		if err != nil {
			return err
		}
		options, err := d.Options(c, query)
		if err != nil {
			return err
		}
		q := request{definition: d, call: c, requestID: httpapi.RequestID(r.Context()), options: options, hash: hashOf(body)}
		check := func() (err error) {
			if !d.NoInput {
				q.records, err = d.checkLines(r.Context(), c, options, lines)
			}
			return err
		}
		j, err := s.startOnce(r.Context(), &q, key, check)
		if err != nil {
			return err
		}
		httpapi.NoteJob(r.Context(), j.ID)
		return accepted(w, r, j)
	})
}

// startOnce starts the job, or returns the one that the same request has started with this key; "" for no key.
// check completes the request. It is not called for a job that is found in work.
func (s *Service) startOnce(ctx context.Context, q *request, key string, check func() error) (*job, error) {
	known, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	frontEnd, id := q.call.Caller.FrontEnd(), randomID() // no job has it
	if key != "" {
		var found *Manifest
		id, found, err = s.choose(ctx, known.jobs(frontEnd, q.definition.Kind, key))
		if err != nil {
			return nil, err
		}
		if found != nil {
			return s.join(ctx, q, *found, check)
		}
	}
	if err := check(); err != nil {
		return nil, err
	}
	return s.startNew(ctx, q, known.frontEnds(frontEnd), id)
}

// join returns the job that another request with the same key started, or completes an interrupted start.
func (s *Service) join(ctx context.Context, q *request, m Manifest, check func() error) (*job, error) {
	if !m.sameRequest(q.hash, q.options) {
		return nil, problem.IdempotencyKeyReused.New("This Idempotency-Key was used for a different request. Nothing was changed.")
	}
	started, err := s.waitForStart(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	if !started {
		if err := check(); err != nil {
			return nil, err
		}
		if err := s.continueStart(ctx, q, m); err != nil {
			return nil, err
		}
	}
	return s.read(ctx, m)
}

// choose returns the manifest of the job that one of the IDs names. If there is none, it returns the ID for a
// new job, which is under the current key.
func (s *Service) choose(ctx context.Context, candidates [][]string) (id string, found *Manifest, err error) {
	for i, ids := range candidates {
		for _, candidate := range ids {
			m, err := s.readManifest(ctx, candidate)
			switch {
			case err == nil:
				return candidate, &m, nil
			case !problem.Is(err, problem.JobNotFound):
				return "", nil, err
			case i > 0 || id != "":
				continue
			}
			if used, err := s.objects.exists(ctx, manifestKey(candidate)); err != nil {
				return "", nil, err
			} else if !used {
				id = candidate
			}
		}
	}
	if id == "" {
		return "", nil, problem.IdempotencyKeyReused.New("This Idempotency-Key was used for a job that has expired. Use another key.")
	}
	return id, nil, nil
}

// startNew starts a job with this ID, unless another request is faster.
func (s *Service) startNew(ctx context.Context, q *request, frontEnds []string, id string) (*job, error) {
	place, err := s.takePlace(ctx, frontEnds, id)
	if err != nil {
		return nil, err
	}
	m, chunks, err := s.manifest(*q, id, place)
	if err != nil {
		return nil, err
	}
	created, err := s.objects.create(ctx, manifestKey(id), m)
	if err != nil {
		return nil, err // the place may be another start's, too; it becomes free when it is abandoned
	}
	if created {
		if err := s.store(ctx, m, chunks); err != nil {
			return nil, err
		}
		if err := s.hand(ctx, m); err != nil {
			return nil, err
		}
		return s.read(ctx, m)
	}
	winner, err := s.readManifest(ctx, id)
	if err != nil {
		return nil, err
	}
	if winner.Place != place {
		if err := s.leavePlace(ctx, place, id); err != nil {
			return nil, err
		}
	}
	return s.join(ctx, q, winner, func() error { return nil }) // the lines are checked
}

const (
	// startTime is how long a start waits for another one with the same key, before it completes the other's.
	startTime = 2 * time.Second
	startPoll = 100 * time.Millisecond
)

// waitForStart waits until another request has started the job, or the job has ended. It returns false if
// that takes long.
func (s *Service) waitForStart(ctx context.Context, id string) (bool, error) {
	for begun := s.now(); ; {
		for _, key := range []string{startedKey(id), endKey(id)} {
			if there, err := s.objects.exists(ctx, key); there || err != nil {
				return there, err
			}
		}
		if s.now().Sub(begun) >= startTime {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(startPoll):
		}
	}
}

// continueStart completes a start that was interrupted after its manifest.
func (s *Service) continueStart(ctx context.Context, q *request, m Manifest) error {
	chunks, plain, err := q.definition.split(q.records)
	if err != nil {
		return err
	}
	for i := range chunks {
		if len(chunks) != len(m.Chunks) || !bytes.Equal(chunks[i].Hash, m.Chunks[i].Hash) {
			// Another version of the service checked the lines.
			return problem.JobNotStarted.New("The start was interrupted and cannot be completed. Retry with another Idempotency-Key.")
		}
	}
	if err := s.store(ctx, m, plain); err != nil {
		return err
	}
	return s.hand(ctx, m)
}

// store writes the chunks of the input.
func (s *Service) store(ctx context.Context, m Manifest, chunks [][]byte) error {
	return inParallel(ctx, len(chunks), func(ctx context.Context, n int) error {
		return s.objects.putPlain(ctx, chunkKey(m, n), chunks[n])
	})
}

// hand hands a stored job to the engine. It can be repeated.
func (s *Service) hand(ctx context.Context, m Manifest) error {
	known, err := s.names(ctx)
	if err != nil {
		return err
	}
	name := known.frontEnds(m.Principal.Caller.FrontEnd())[0]
	entry, _ := json.Marshal(m.ID)
	if err := s.opts.Store.Put(ctx, indexFolder(name)+indexName(m.ID, m.Created), entry); err != nil {
		return unavailable(err)
	}
	if err := s.startRun(ctx, m, m.run()); err != nil {
		return err
	}
	marked, err := s.objects.create(ctx, startedKey(m.ID), marker{})
	if marked && s.opts.Measures != nil {
		s.opts.Measures.JobStarted(string(m.Kind))
	}
	return err
}
