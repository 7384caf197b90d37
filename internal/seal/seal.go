// Package seal creates text that only this service can create and read: cursors, the state
// of a sign-in and its cookie. It also derives keys for values that must be reproducible
// and not guessable, such as the ID of a user created under an Idempotency-Key.
//
// The keys derive from the sign-in application's client secret, so they need no configuration and are the
// same in every instance. During a rotation of that secret, text sealed under any of its versions opens.
package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"usher/internal/secrets"
)

// ErrNotOurs means that a text was not sealed by this service for this purpose and binding, or was altered.
var ErrNotOurs = errors.New("seal: not sealed by this service, or altered")

// Credentials supplies the client secrets.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	Versions(context.Context) (secrets.Versions, error)
}

// searchInterval is the shortest time between two searches for other keys after a text that
// does not open. Without it, every invalid text would cause a read of the secret.
const searchInterval = 30 * time.Second

// Sealer seals and opens text with AES-256-GCM (RFC 5116) under keys from HKDF (RFC 5869),
// one for each purpose.
type Sealer struct {
	credentials Credentials
	now         func() time.Time

	mu       sync.Mutex
	searched time.Time
	others   []string // the client secrets of the other versions; empty before the first search

	generations generations // for Keys
}

// New returns a Sealer. now is time.Now outside tests.
func New(credentials Credentials, now func() time.Time) *Sealer {
	return &Sealer{credentials: credentials, now: now}
}

// Seal returns the plain text sealed for a purpose and a binding, in base64url. It returns
// the errors of the credentials.
func (s *Sealer) Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error) {
	sealed, err := s.SealBytes(ctx, purpose, binding, plain)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// SealBytes is Seal without the encoding.
func (s *Sealer) SealBytes(ctx context.Context, purpose, binding string, plain []byte) ([]byte, error) {
	c, err := s.credentials.Current(ctx)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := newAEAD(c.ClientSecret, purpose)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, []byte(binding)), nil
}

// Open returns the plain text of a sealed text. It fails with ErrNotOurs or an error of the credentials.
func (s *Sealer) Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error) {
	box, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || strings.ContainsAny(sealed, "\r\n") { // the decoder would ignore these
		return nil, ErrNotOurs
	}
	return s.OpenBytes(ctx, purpose, binding, box)
}

// OpenBytes is Open for what SealBytes returned.
func (s *Sealer) OpenBytes(ctx context.Context, purpose, binding string, sealed []byte) ([]byte, error) {
	current, err := s.credentials.Current(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	if plain, ok := open(current.ClientSecret, purpose, binding, sealed); ok {
		return plain, nil
	}
	for _, find := range []func(context.Context) []string{s.knownOthers, s.findOthers} {
		for _, secret := range find(ctx) {
			if plain, ok := open(secret, purpose, binding, sealed); ok {
				return plain, nil
			}
		}
	}
	return nil, ErrNotOurs
}

func (s *Sealer) knownOthers(context.Context) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.others
}

// findOthers searches for secrets that this instance does not know yet: a newer current
// one, the pending one of a rotation, and the previous one.
func (s *Sealer) findOthers(ctx context.Context) []string {
	if !s.searchIsDue() {
		return nil
	}
	found, err := s.credentials.Versions(ctx)
	if err != nil {
		return nil // the text may be invalid anyway; other calls report an unreadable secret
	}
	others := []string{found.Current.ClientSecret, found.Pending.ClientSecret, found.Previous.ClientSecret}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = others
	return others
}

// searchIsDue reports whether a search for other secrets is allowed now, and records that it starts.
func (s *Sealer) searchIsDue() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := s.searched.IsZero() || s.now().Sub(s.searched) >= searchInterval
	if due {
		s.searched = s.now()
	}
	return due
}

func open(secret, purpose, binding string, box []byte) ([]byte, bool) {
	if secret == "" {
		return nil, false
	}
	aead, err := newAEAD(secret, purpose)
	if err != nil {
		return nil, false
	}
	plain, err := aead.Open(nil, nil, box, []byte(binding))
	return plain, err == nil
}

func newAEAD(secret, purpose string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "usher/seal/v1/"+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("create a cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("create a cipher: %w", err)
	}
	return aead, nil
}
