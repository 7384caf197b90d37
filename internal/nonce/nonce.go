// Package nonce gives the nonces of sign-ins (OpenID Connect Core, section 3.1.2.1) a
// date that only this service can make: an ID token with one tells when its sign-in
// was begun, which the time of its issue does not. A refreshed ID token is issued
// later, and some providers repeat the nonce in it.
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

// ErrNotOurs says that a nonce has no date of this service's.
var ErrNotOurs = errors.New("nonce: not dated here")

// Dated returns a nonce with its date, behind a dot. It fails as the sealer does.
func Dated(ctx context.Context, sealer Sealer, bare string, now time.Time) (string, error) {
	date, err := sealer.Seal(ctx, purpose, bare, binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))) // after 1970
	return bare + "." + date, err
}

// Bare returns a nonce without its date.
func Bare(dated string) string {
	bare, _, _ := strings.Cut(dated, ".")
	return bare
}

// Date returns when a nonce was made. It fails with ErrNotOurs where this service has
// not made it, and as the sealer does where it could not tell.
func Date(ctx context.Context, sealer Sealer, dated string) (time.Time, error) {
	bare, date, _ := strings.Cut(dated, ".")
	plain, err := sealer.Open(ctx, purpose, bare, date)
	switch {
	case problem.IsProblem(err):
		return time.Time{}, err
	case err != nil || len(plain) != 8:
		return time.Time{}, ErrNotOurs
	}
	return time.Unix(int64(binary.BigEndian.Uint64(plain)), 0), nil // we made it
}
