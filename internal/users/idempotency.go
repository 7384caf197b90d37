package users

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"usher/internal/problem"
)

// Creating a user under an Idempotency-Key needs no storage: the user's id is an HMAC
// of the key, and no two users can have the same id. See ADR 7.

// Keys derives keys from a secret shared by all instances, so that every instance
// computes the same ID for the same request.
type Keys interface {
	// Keys returns the current key for a purpose first, then the previous ones.
	Keys(ctx context.Context, purpose string) ([][]byte, error)
	// FreshKeys is Keys after looking for a newer secret.
	FreshKeys(ctx context.Context, purpose string) ([][]byte, error)
}

// IdempotencyRecord identifies the request that created a user.
type IdempotencyRecord struct {
	ID          string // the part of the user's id that is computed from the key
	Fingerprint string // of the request's body, without the password
}

// Creation is a created user, and how the creation went.
type Creation struct {
	User             User
	Record           IdempotencyRecord // zero without an Idempotency-Key
	InvitationMailed bool
}

// request is a creation under an Idempotency-Key.
type request struct {
	frontEnd      string
	connection    string
	key           string // the Idempotency-Key
	canonicalBody string
}

const keysPurpose = "idempotency"

// idBytes is the length of the HMAC in a user's id: 160 bits.
const idBytes = 20

// records returns the request's record under each of the keys.
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

// mac is an HMAC over texts that cannot run into each other.
func mac(key []byte, texts ...string) []byte {
	encoded, _ := json.Marshal(texts) // texts always encode
	h := hmac.New(sha256.New, key)
	h.Write(encoded)
	return h.Sum(nil)
}

// canonical is the body in the form of which the fingerprint is made. The password is
// omitted: not even a keyed hash of it may be stored. Absent members are omitted,
// so that a member added in a later version does not change existing fingerprints.
func (b createBody) canonical() (string, error) {
	b.Password = nil
	text, err := json.Marshal(b) // members in order, maps by key
	if err != nil {
		return "", fmt.Errorf("encode the request for its fingerprint: %w", err)
	}
	return string(text), nil
}

// visible is the form of an Idempotency-Key.
var visible = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

// idempotencyKey reads the header; "" for none.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || !visible.MatchString(values[0]) {
		return "", problem.Invalid("Idempotency-Key", "must be one value of 1 to 255 visible ASCII characters")
	}
	return values[0], nil
}

// createOnce creates the user, or finds the one that an earlier request with the
// same Idempotency-Key created. It fails with idempotency-key-reused where that
// request had another body.
//
// The secret behind the keys may be rotated between two requests. So users created
// under a previous key are looked for first. A user that another instance creates
// under a newer key is found when the provider refuses this creation.
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

// findExisting decides what the provider's refusal means: that this request created
// the user before, or that another user has the address.
func findExisting(ctx context.Context, dir Creator, keys Keys, q request, tried []IdempotencyRecord, refusal error) (Creation, error) {
	if created, found, err := findCreated(ctx, dir, tried[:1]); found || err != nil {
		return created, err
	}
	known, err := keys.FreshKeys(ctx, keysPurpose)
	if err != nil {
		return Creation{}, err
	}
	fresh := slices.DeleteFunc(q.records(known), func(r IdempotencyRecord) bool { return slices.Contains(tried, r) })
	if created, found, err := findCreated(ctx, dir, fresh); found || err != nil {
		return created, err
	}
	return Creation{}, refusal
}

// findCreated looks for a user with one of the records.
func findCreated(ctx context.Context, dir Creator, records []IdempotencyRecord) (created Creation, found bool, err error) {
	for _, record := range records {
		created, err := dir.FindCreated(ctx, record.ID)
		switch {
		case problem.Is(err, problem.UserNotFound):
			continue
		case err != nil:
			return Creation{}, false, err
		case created.Record != record:
			return Creation{}, false, problem.IdempotencyKeyReused.New("This Idempotency-Key was sent with another request before. Nothing was done.")
		}
		return created, true, nil
	}
	return Creation{}, false, nil
}
