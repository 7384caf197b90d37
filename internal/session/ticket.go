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

// lifetime is how long a user has for the provider's pages.
const lifetime = 10 * time.Minute

const (
	idBytes     = 16
	expiryBytes = 8
)

// ticket is what the state parameter holds: which sign-in this is, and until
// when. It goes through the provider's and the front-end's logs, so it holds
// nothing that could finish the sign-in.
type ticket struct {
	id     [idBytes]byte
	expiry time.Time
}

func newTicket(now time.Time) ticket {
	t := ticket{expiry: now.Add(lifetime)}
	_, _ = rand.Read(t.id[:]) // never fails
	return t
}

// begun is when the sign-in was begun, to the second.
func (t ticket) begun() time.Time { return t.expiry.Add(-lifetime) }

// name tells sign-ins apart; it is safe in a cookie's name.
func (t ticket) name() string { return base64.RawURLEncoding.EncodeToString(t.id[:]) }

func (t ticket) encode() []byte {
	return binary.BigEndian.AppendUint64(t.id[:], uint64(t.expiry.Unix())) // after 1970
}

var errTooShort = errors.New("too short")

// decodeTicket returns the ticket and what follows it.
func decodeTicket(plain []byte) (t ticket, rest []byte, err error) {
	if len(plain) < idBytes+expiryBytes {
		return ticket{}, nil, errTooShort
	}
	copy(t.id[:], plain)
	t.expiry = time.Unix(int64(binary.BigEndian.Uint64(plain[idBytes:])), 0) // we made it
	return t, plain[idBytes+expiryBytes:], nil
}

// openTicket authenticates a state. One that has expired comes with the error.
func openTicket(ctx context.Context, sealer Sealer, state string, now time.Time) (ticket, []byte, error) {
	if state == "" {
		return ticket{}, nil, problem.StateMissing.New("The state parameter is missing.")
	}
	notOurs := problem.StateInvalid.New("The state was not made by this service, or was altered.")
	plain, err := sealer.Open(ctx, statePurpose, "", state)
	if problem.IsProblem(err) {
		return ticket{}, nil, err
	}
	if err != nil {
		return ticket{}, nil, notOurs
	}
	t, rest, err := decodeTicket(plain)
	if err != nil {
		return ticket{}, nil, notOurs
	}
	if !now.Before(t.expiry) {
		return t, rest, problem.StateExpired.New("The sign-in was begun more than 10 minutes ago. Begin again.")
	}
	return t, rest, nil
}
