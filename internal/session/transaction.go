package session

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"usher/internal/problem"
)

// Sealer makes text that only this service can make and read; what is sealed
// for one purpose and binding does not open for another.
type Sealer interface {
	Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error)
	// Open fails with a problem where the keys cannot be had, and with
	// another error where the text is not ours.
	Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error)
}

// What is sealed. A state never opens as a cookie, nor the other way round.
const (
	statePurpose  = "sign-in-state"
	cookiePurpose = "sign-in-cookie"
)

// lifetime is how long a user has for the provider's pages.
const lifetime = 10 * time.Minute

const (
	idBytes       = 16
	secretBytes   = 32
	redirectBytes = 16
	expiryBytes   = 8
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

// name tells sign-ins apart; it is safe in a cookie's name.
func (t ticket) name() string { return base64.RawURLEncoding.EncodeToString(t.id[:]) }

func (t ticket) encode() []byte {
	return binary.BigEndian.AppendUint64(t.id[:], uint64(t.expiry.Unix())) //nolint:gosec // after 1970
}

var errTooShort = errors.New("too short")

// decodeTicket returns the ticket and what follows it.
func decodeTicket(plain []byte) (t ticket, rest []byte, err error) {
	if len(plain) < idBytes+expiryBytes {
		return ticket{}, nil, errTooShort
	}
	copy(t.id[:], plain)
	t.expiry = time.Unix(int64(binary.BigEndian.Uint64(plain[idBytes:])), 0) //nolint:gosec // we made it
	return t, plain[idBytes+expiryBytes:], nil
}

// transaction is what the browser's cookie holds: what finishing the sign-in
// takes. Its form is fixed and short, so that many cookies fit into a request.
type transaction struct {
	secret   [secretBytes]byte   // of which nonce and verifier are made
	redirect [redirectBytes]byte // which redirect URI, as a hash
	returnTo string
}

func newTransaction(redirectURI, returnTo string) transaction {
	x := transaction{redirect: hashURI(redirectURI), returnTo: returnTo}
	_, _ = rand.Read(x.secret[:]) // never fails
	return x
}

func (x transaction) nonce() string    { return x.derive("nonce") }
func (x transaction) verifier() string { return x.derive("code_verifier") } // 43 characters (RFC 7636, section 4.1)

func (x transaction) derive(label string) string {
	mac := hmac.New(sha256.New, x.secret[:])
	mac.Write([]byte(label))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// redirectURI finds the URI among those allowed now.
func (x transaction) redirectURI(allowed []string) (string, bool) {
	for _, uri := range allowed {
		if hashURI(uri) == x.redirect {
			return uri, true
		}
	}
	return "", false
}

func hashURI(uri string) [redirectBytes]byte {
	sum := sha256.Sum256([]byte(uri))
	return [redirectBytes]byte(sum[:redirectBytes])
}

func (x transaction) encode() []byte {
	return append(append(x.secret[:], x.redirect[:]...), x.returnTo...)
}

func decodeTransaction(plain []byte) (x transaction, err error) {
	if len(plain) < secretBytes+redirectBytes {
		return transaction{}, errTooShort
	}
	copy(x.secret[:], plain)
	copy(x.redirect[:], plain[secretBytes:])
	x.returnTo = string(plain[secretBytes+redirectBytes:])
	return x, nil
}

// openTicket authenticates a state.
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
		return ticket{}, nil, problem.StateExpired.New("The sign-in was begun more than 10 minutes ago. Begin again.")
	}
	return t, rest, nil
}
