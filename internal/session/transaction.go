package session

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"

	"usher/internal/httpapi"
)

// Sealer makes the state and the cookie, each for a purpose of its own.
type Sealer = httpapi.Sealer

// What is sealed. A state never opens as a cookie, nor the other way round. A
// new layout of the cookie takes a new purpose: while functions are replaced,
// one of the version before must not read a new cookie as asking for less.
const (
	statePurpose  = "sign-in-state-2"
	cookiePurpose = "sign-in-cookie-4"

	// cookieBefore is the one of the version before, which took no nonce with a date.
	// The layout is the same: what was begun before a release is finished after it.
	cookieBefore = "sign-in-cookie-3"
)

const (
	secretBytes = 32
	hashBytes   = 16
	fixedBytes  = secretBytes + 2*hashBytes + 2 // and flags, and the length of the connection's name
)

// flagMFA is the one flag that there is.
const flagMFA byte = 1

// transaction is what the browser's cookie holds: what finishing the sign-in
// takes, and what it was asked to show, which nobody on the way can strip. Its
// form is short, so that many cookies fit into a request.
type transaction struct {
	secret   [secretBytes]byte // of which nonce and verifier are made
	redirect [hashBytes]byte   // which redirect URI, as a hash
	frontEnd [hashBytes]byte   // which front-end has begun it, likewise
	asked    demands
	returnTo string
}

func newTransaction(by httpapi.Caller, redirectURI string, asked demands, returnTo string) transaction {
	x := transaction{redirect: hash(redirectURI), frontEnd: hash(by.FrontEnd()), asked: asked, returnTo: returnTo}
	_, _ = rand.Read(x.secret[:]) // never fails
	return x
}

func (x transaction) nonce() string    { return x.derive("nonce") }         // without its date
func (x transaction) verifier() string { return x.derive("code_verifier") } // 43 characters (RFC 7636, section 4.1)

func (x transaction) derive(label string) string {
	mac := hmac.New(sha256.New, x.secret[:])
	mac.Write([]byte(label))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// redirectURI finds the URI among those allowed now.
func (x transaction) redirectURI(allowed []string) (string, bool) {
	for _, uri := range allowed {
		if hash(uri) == x.redirect {
			return uri, true
		}
	}
	return "", false
}

// begunBy reports whether this front-end has begun the sign-in, whichever of its
// containers.
func (x transaction) begunBy(c httpapi.Caller) bool { return hash(c.FrontEnd()) == x.frontEnd }

func hash(text string) [hashBytes]byte {
	sum := sha256.Sum256([]byte(text))
	return [hashBytes]byte(sum[:hashBytes])
}

func (x transaction) encode() []byte {
	var flags byte
	if x.asked.mfa {
		flags = flagMFA
	}
	plain := slices.Concat(x.secret[:], x.redirect[:], x.frontEnd[:])
	plain = append(plain, flags, byte(len(x.asked.connection))) // /login takes 128 bytes at most
	plain = append(plain, x.asked.connection...)
	return append(plain, x.returnTo...)
}

var errNoTransaction = errors.New("not a transaction")

func decodeTransaction(plain []byte) (x transaction, err error) {
	if len(plain) < fixedBytes {
		return transaction{}, errTooShort
	}
	flags, length, rest := plain[fixedBytes-2], int(plain[fixedBytes-1]), plain[fixedBytes:]
	if flags > flagMFA || length > len(rest) {
		return transaction{}, errNoTransaction
	}
	copy(x.secret[:], plain)
	copy(x.redirect[:], plain[secretBytes:])
	copy(x.frontEnd[:], plain[secretBytes+hashBytes:])
	x.asked = demands{mfa: flags == flagMFA, connection: string(rest[:length])}
	x.returnTo = string(rest[length:])
	return x, nil
}
