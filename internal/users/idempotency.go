package users

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"usher/internal/problem"
)

// Creating a user with an Idempotency-Key needs no storage: the user's ID is an HMAC of
// the key, and user IDs are unique. See ADR 7.

// Keys derives keys from a secret shared by all instances, so that every instance
// computes the same ID for the same request.
type Keys interface {
	// Keys returns the current key for a purpose first, then the previous ones.
	Keys(ctx context.Context, purpose string) ([][]byte, error)
	// FreshKeys is like Keys, but fetches the secret again first.
	FreshKeys(ctx context.Context, purpose string) ([][]byte, error)
}

// IdempotencyRecord identifies the request that created a user.
type IdempotencyRecord struct {
	ID          string // the part of the user's ID that is derived from the key; "" for a connection without passwords
	Fingerprint string // of the request body without the password, or of a job's record
}

// Creation is a created user with its idempotency record.
type Creation struct {
	User             User
	Record           IdempotencyRecord // zero without an Idempotency-Key
	InvitationMailed bool
}

// request identifies a creation with an Idempotency-Key.
type request struct {
	frontEnd      string
	connection    string
	key           string // the Idempotency-Key
	canonicalBody string
}

const keysPurpose = "idempotency"

// idBytes is the length of the HMAC in a user's ID: 160 bits.
const idBytes = 20

// records returns the request's record for each key.
func (q request) records(keys [][]byte) []IdempotencyRecord {
	records := make([]IdempotencyRecord, len(keys))
	for i, key := range keys {
		records[i] = IdempotencyRecord{
			ID:          hex.EncodeToString(mac(key, "id", q.frontEnd, q.connection, q.key)[:idBytes]),
			Fingerprint: base64.RawURLEncoding.EncodeToString(mac(key, "body", q.canonicalBody)),
		}
	}
	return records
}

// mac returns the HMAC of the texts. JSON separates them unambiguously.
func mac(key []byte, texts ...string) []byte {
	encoded, _ := json.Marshal(texts) // strings always encode
	h := hmac.New(sha256.New, key)
	h.Write(encoded)
	return h.Sum(nil)
}

// canonical returns the input of the fingerprint. It omits the password, since not even a
// keyed hash of it may be stored. It omits absent members, so that a member added in a
// later version does not change existing fingerprints. Its numbers are those that are stored.
func (b CreateBody) canonical() (string, error) {
	b.Password = nil
	text, err := json.Marshal(b) // struct fields in order, map keys sorted
	if err != nil {
		return "", fmt.Errorf("encode the request for its fingerprint: %w", err)
	}
	return string(text), nil
}

// createOnce creates the user, or returns the one that an earlier request with the same
// Idempotency-Key created. It fails with idempotency-key-reused if that request had a
// different body.
//
// The secret behind the keys may be rotated between two requests. Therefore createOnce
// first looks for a user created with a previous key. A user that another instance created
// with a newer key is found after the provider rejects this creation.
func createOnce(ctx context.Context, dir Creator, keys Keys, q request, n New) (Creation, error) {
	known, err := keys.Keys(ctx, keysPurpose)
	if err != nil {
		return Creation{}, err
	}
	records := q.records(known)
	if created, found, err := findCreated(ctx, dir, records[1:]); found || err != nil {
		return created, err
	}
	n.Record = records[0]
	user, err := dir.Create(ctx, n)
	if !problem.Is(err, problem.UserExists) {
		return Creation{User: user, Record: n.Record}, err
	}
	return findExisting(ctx, dir, keys, q, records, err)
}

// findExisting handles user-exists from the provider. It returns the user that this request
// created before, or the refusal if another user has the address.
func findExisting(
	ctx context.Context, dir Creator, keys Keys, q request, tried []IdempotencyRecord, refusal error,
) (Creation, error) {
	if created, found, err := findCreated(ctx, dir, tried[:1]); found || err != nil {
		return created, err
	}
	known, err := keys.FreshKeys(ctx, keysPurpose)
	if err != nil {
		return Creation{}, err
	}
	wasTried := func(r IdempotencyRecord) bool { return slices.Contains(tried, r) }
	fresh := slices.DeleteFunc(q.records(known), wasTried)
	if created, found, err := findCreated(ctx, dir, fresh); found || err != nil {
		return created, err
	}
	return Creation{}, refusal
}

// findCreated returns the first user that has one of the records.
func findCreated(
	ctx context.Context, dir Creator, records []IdempotencyRecord,
) (created Creation, found bool, err error) {
	for _, record := range records {
		created, err := dir.FindCreated(ctx, record.ID)
		switch {
		case problem.Is(err, problem.UserNotFound):
			continue
		case err != nil:
			return Creation{}, false, err
		case created.Record != record:
			const detail = "This Idempotency-Key was used for a different request. Nothing was changed."
			return Creation{}, false, problem.IdempotencyKeyReused.New(detail)
		}
		return created, true, nil
	}
	return Creation{}, false, nil
}
