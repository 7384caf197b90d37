package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"usher/internal/api"
	"usher/internal/jobs"
	"usher/internal/users"
)

type creationsWork struct {
	options users.CreateOptions
	dir     users.OnceCreator
}

// one creates a user. The ID is derived from the job and the record, so that a repetition after a crash
// finds the user.
func (w creationsWork) one(ctx context.Context, c api.Call, r jobs.Run, record jobs.Record, _ jobs.Result) (jobs.Result, error) {
	var body users.CreateBody
	if err := decodeStored(record.Body, &body); err != nil {
		return jobs.Result{}, err
	}
	key, err := r.Key(ctx, fmt.Sprintf("creation %d", record.Index))
	if err != nil {
		return jobs.Result{}, err
	}
	n, err := body.New(c, w.options, "")
	var created users.Created
	if err == nil {
		created, err = users.CreateOnce(ctx, w.dir, n, creationRecord(key))
	}
	audit(ctx, r, created.ID, err, "user.create")
	result := jobs.Result{Outcome: jobs.RecordSucceeded, UserID: created.ID}
	switch {
	case errors.Is(err, users.ErrUnknownCreation):
		return jobs.Result{Outcome: jobs.RecordUnknown, Problem: documented(r, err)}, nil
	case err != nil:
		return result, err
	case created.Invitation != nil:
		result.Invitation, err = json.Marshal(created.Invitation)
	}
	return result, err
}

// creationRecord returns what identifies the record's user, as an Idempotency-Key does (ADR 7).
func creationRecord(key string) users.IdempotencyRecord {
	id, fingerprint := sha256.Sum256([]byte("id "+key)), sha256.Sum256([]byte("fingerprint "+key))
	return users.IdempotencyRecord{
		ID:          hex.EncodeToString(id[:20]), // as long as an ID that is made of an Idempotency-Key
		Fingerprint: base64.RawURLEncoding.EncodeToString(fingerprint[:]),
	}
}
