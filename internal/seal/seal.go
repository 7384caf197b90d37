// Package seal makes text that only this service can make and read: cursors,
// the state of a sign-in, and its cookie. It also derives keys for what is to be
// made again and not to be guessed, such as the id of a user created under an
// Idempotency-Key.
//
// The key is derived from the sign-in application's client secret, so that
// there is nothing more to configure, and every container has it. While a
// rotation of that secret runs, text sealed under any of its versions opens.
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

// ErrNotOurs says that a text was not sealed here for this purpose and binding,
// or was altered since.
var ErrNotOurs = errors.New("seal: not sealed here, or altered")

// Credentials is where the client secrets come from.
type Credentials interface {
	Current(context.Context) (secrets.Credentials, error)
	Versions(context.Context) (secrets.Versions, error)
}

// searchInterval is how often, at the most, a text that does not open makes the
// sealer look for other keys. Else anybody's garbage would cause a read of the
// secret.
const searchInterval = 30 * time.Second

// Sealer seals and opens with AES-256-GCM (RFC 5116) under keys from HKDF
// (RFC 5869), one per purpose.
type Sealer struct {
	credentials Credentials
	now         func() time.Time

	mu       sync.Mutex
	searched time.Time
	others   []string // the client secrets of versions beside the current one, once found

	generations generations // for keys
}

// New returns a Sealer; now is time.Now outside tests.
func New(credentials Credentials, now func() time.Time) *Sealer {
	return &Sealer{credentials: credentials, now: now}
}

// Seal returns the plain text sealed for one purpose and binding, in base64url.
// It fails as the credentials do.
func (s *Sealer) Seal(ctx context.Context, purpose, binding string, plain []byte) (string, error) {
	c, err := s.credentials.Current(ctx)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	aead, err := newAEAD(c.ClientSecret, purpose)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(binding))), nil
}

// Open returns what was sealed. It fails with ErrNotOurs, or as the
// credentials do.
func (s *Sealer) Open(ctx context.Context, purpose, binding, sealed string) ([]byte, error) {
	box, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || strings.ContainsAny(sealed, "\r\n") { // which the decoder would pass over
		return nil, ErrNotOurs
	}
	current, err := s.credentials.Current(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	if plain, ok := open(current.ClientSecret, purpose, binding, box); ok {
		return plain, nil
	}
	for _, find := range []func(context.Context) []string{s.knownOthers, s.findOthers} {
		for _, secret := range find(ctx) {
			if plain, ok := open(secret, purpose, binding, box); ok {
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

// findOthers looks for the secrets that this container does not know yet: a
// newer one, set since it read the secret, one that is being rotated to, and the
// one before.
func (s *Sealer) findOthers(ctx context.Context) []string {
	if !s.searchIsDue() {
		return nil
	}
	found, err := s.credentials.Versions(ctx)
	if err != nil {
		return nil // the text may be anybody's; that the secret cannot be read is told where it matters
	}
	others := []string{found.Current.ClientSecret, found.Pending.ClientSecret, found.Previous.ClientSecret}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.others = others
	return others
}

// searchIsDue reports whether other secrets may be looked for now, and notes
// that they are.
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
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return aead, nil
}
