// Package nonce adds a date to the nonces of sign-ins (OpenID Connect Core, section 3.1.2.1) that
// only this service can create. It tells when the sign-in of an ID token began. The time of issue
// does not: a refreshed ID token is issued later, and some providers repeat the nonce in it.
package nonce

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"usher/internal/problem"
)

// Sealer seals text for a purpose and a binding; see httpapi.Sealer.
type Sealer interface {
	Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error)
	Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error)
}

const purpose = "sign-in-nonce-1"

// ErrNotOurs means that a nonce has no date from this service.
var ErrNotOurs = errors.New("nonce: no date from this service")

// Dated returns a nonce followed by a dot and its sealed date. It returns the errors of the sealer.
func Dated(ctx context.Context, sealer Sealer, bare string, now time.Time) (string, error) {
	date, err := sealer.Seal(ctx, purpose, bare, binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))) // after 1970
	return bare + "." + date, err
}

// Bare returns a nonce without its date.
func Bare(dated string) string {
	bare, _, _ := strings.Cut(dated, ".")
	return bare
}

// Date returns the time at which a nonce was created, in whole seconds. It fails with
// ErrNotOurs for a nonce without a valid date, or with a problem of the sealer.
func Date(ctx context.Context, sealer Sealer, dated string) (time.Time, error) {
	bare, date, _ := strings.Cut(dated, ".")
	plain, err := sealer.Open(ctx, purpose, bare, date)
	switch {
	case problem.IsProblem(err):
		return time.Time{}, err
	case err != nil || len(plain) != 8:
		return time.Time{}, ErrNotOurs
	}
	return time.Unix(int64(binary.BigEndian.Uint64(plain)), 0), nil // sealed by this service
}
