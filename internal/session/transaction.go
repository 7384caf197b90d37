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

// Sealer encrypts and authenticates the state and the cookie.
type Sealer = httpapi.Sealer

// The purposes of sealed values. A state cannot be opened as a cookie, or a cookie as a
// state. A change to the cookie's layout needs a new purpose: during a release, the
// previous version must not misread a new cookie and drop a requirement.
const (
	statePurpose  = "sign-in-state-2"
	cookiePurpose = "sign-in-cookie-4"

	// previousCookiePurpose is from the version without a date in the nonce. The layout is
	// the same, so that sign-ins begun before a release can be finished after it.
	previousCookiePurpose = "sign-in-cookie-3"
)

const (
	secretBytes = 32
	hashBytes   = 16
	fixedBytes  = secretBytes + 2*hashBytes + 2 // flags, and the length of the connection's name
)

const flagMFA byte = 1

// transaction is the content of the browser's cookie. It is authenticated, so that
// requirements cannot be removed, and short, so that many cookies fit into a request.
type transaction struct {
	secret   [secretBytes]byte // the source of nonce and verifier
	redirect [hashBytes]byte   // hash of the redirect URI
	frontEnd [hashBytes]byte   // hash of the front-end that began the sign-in
	required requirements
	returnTo string
}

func newTransaction(by httpapi.Caller, redirectURI string, required requirements, returnTo string) transaction {
	x := transaction{redirect: hash(redirectURI), frontEnd: hash(by.FrontEnd()), required: required, returnTo: returnTo}
	_, _ = rand.Read(x.secret[:]) // never fails
	return x
}

func (x transaction) nonce() string    { return x.derive("nonce") }         // without the date
func (x transaction) verifier() string { return x.derive("code_verifier") } // 43 characters (RFC 7636, section 4.1)

func (x transaction) derive(label string) string {
	mac := hmac.New(sha256.New, x.secret[:])
	mac.Write([]byte(label))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// redirectURI returns the transaction's redirect URI if it is still allowed.
func (x transaction) redirectURI(allowed []string) (string, bool) {
	for _, uri := range allowed {
		if hash(uri) == x.redirect {
			return uri, true
		}
	}
	return "", false
}

// begunBy reports whether the caller's front-end began the sign-in, in any of its role
// sessions.
func (x transaction) begunBy(c httpapi.Caller) bool { return hash(c.FrontEnd()) == x.frontEnd }

func hash(text string) [hashBytes]byte {
	sum := sha256.Sum256([]byte(text))
	return [hashBytes]byte(sum[:hashBytes])
}

func (x transaction) encode() []byte {
	var flags byte
	if x.required.mfa {
		flags = flagMFA
	}
	plain := slices.Concat(x.secret[:], x.redirect[:], x.frontEnd[:])
	plain = append(plain, flags, byte(len(x.required.connection))) // at most 128 bytes, see valid.Connection
	plain = append(plain, x.required.connection...)
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
	x.required = requirements{mfa: flags == flagMFA, connection: string(rest[:length])}
	x.returnTo = string(rest[length:])
	return x, nil
}
