// Package seal makes text that only this service can make and read: cursors,
// the state of a sign-in, and its cookie.
//
// The key is derived from the sign-in application's client secret, so that
// there is nothing more to configure, and every container has it. While a
// rotation of that secret runs, text sealed under the one before opens too.
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
	Previous(context.Context) (secrets.Credentials, error)
	Reload(ctx context.Context, refused secrets.Credentials) (secrets.Credentials, error)
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
	previous string // the client secret before the last rotation, once found
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
	for _, secret := range []string{current.ClientSecret, s.knownPrevious()} {
		if plain, ok := open(secret, purpose, binding, box); ok {
			return plain, nil
		}
	}
	for _, secret := range s.otherSecrets(ctx, current) {
		if plain, ok := open(secret, purpose, binding, box); ok {
			return plain, nil
		}
	}
	return nil, ErrNotOurs
}

func (s *Sealer) knownPrevious() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.previous
}

// otherSecrets looks for the secrets that this container does not know yet: a
// newer one, set since it read the secret, and the one before.
func (s *Sealer) otherSecrets(ctx context.Context, current secrets.Credentials) []string {
	s.mu.Lock()
	due := s.searched.IsZero() || s.now().Sub(s.searched) >= searchInterval
	if due {
		s.searched = s.now()
	}
	s.mu.Unlock()
	if !due {
		return nil
	}
	var found []string
	if c, err := s.credentials.Reload(ctx, current); err == nil {
		found = append(found, c.ClientSecret)
	}
	if c, err := s.credentials.Previous(ctx); err == nil {
		found = append(found, c.ClientSecret)
		s.mu.Lock()
		s.previous = c.ClientSecret
		s.mu.Unlock()
	}
	return found
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
