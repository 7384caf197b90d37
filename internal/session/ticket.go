package session

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"usher/internal/problem"
)

// lifetime is the maximum time between /login and /callback.
const lifetime = 10 * time.Minute

const (
	idBytes     = 16
	expiryBytes = 8
)

// ticket is the content of the state parameter: the sign-in's ID and expiry. The provider
// and the front-end may log the state, so it holds no secret that could finish the
// sign-in.
type ticket struct {
	id     [idBytes]byte
	expiry time.Time
}

func newTicket(now time.Time) ticket {
	t := ticket{expiry: now.Add(lifetime)}
	_, _ = rand.Read(t.id[:]) // never fails
	return t
}

// begun returns the start of the sign-in, in whole seconds.
func (t ticket) begun() time.Time { return t.expiry.Add(-lifetime) }

// name returns the sign-in's ID in a form that is valid in a cookie name.
func (t ticket) name() string { return base64.RawURLEncoding.EncodeToString(t.id[:]) }

func (t ticket) encode() []byte {
	return binary.BigEndian.AppendUint64(t.id[:], uint64(t.expiry.Unix())) // never negative
}

var errTooShort = errors.New("too short")

// decodeTicket returns the ticket and the bytes after it.
func decodeTicket(plain []byte) (t ticket, rest []byte, err error) {
	if len(plain) < idBytes+expiryBytes {
		return ticket{}, nil, errTooShort
	}
	copy(t.id[:], plain)
	t.expiry = time.Unix(int64(binary.BigEndian.Uint64(plain[idBytes:])), 0) // from encode, so no overflow
	return t, plain[idBytes+expiryBytes:], nil
}

// openTicket authenticates and decodes a state. It returns an expired ticket together with
// the error.
func openTicket(ctx context.Context, sealer Sealer, state string, now time.Time) (ticket, []byte, error) {
	if state == "" {
		return ticket{}, nil, problem.StateMissing.New("The state parameter is missing.")
	}
	invalid := problem.StateInvalid.New("The state was not made by this service, or was altered.")
	plain, err := sealer.Open(ctx, statePurpose, "", state)
	if problem.IsProblem(err) {
		return ticket{}, nil, err
	}
	if err != nil {
		return ticket{}, nil, invalid
	}
	t, rest, err := decodeTicket(plain)
	if err != nil {
		return ticket{}, nil, invalid
	}
	if !now.Before(t.expiry) {
		return t, rest, problem.StateExpired.New("The sign-in was begun more than 10 minutes ago. Begin again.")
	}
	return t, rest, nil
}
