package seal

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"time"
)

// generations holds successive client secrets, the current one first.
type generations struct {
	secrets []string
	again   time.Time // when to search for the previous one again; zero for never
}

// Keys returns the keys for a purpose: the key of the current secret, then that of the
// previous one, if any. Every instance returns the same keys. It returns the errors of the
// credentials, but omits the previous key if that secret cannot be read.
func (s *Sealer) Keys(ctx context.Context, purpose string) ([][]byte, error) {
	held, err := s.credentials.Current(ctx)
	if err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	s.mu.Lock()
	known := s.generations
	s.mu.Unlock()
	isOld := len(known.secrets) == 0 || known.secrets[0] != held.ClientSecret
	if isOld || !known.again.IsZero() && !s.now().Before(known.again) {
		known = s.readGenerations(ctx, held.ClientSecret)
	}
	var keys [][]byte
	for _, secret := range known.secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "usher/key/v1/"+purpose, sha256.Size)
		if err != nil {
			return nil, fmt.Errorf("derive a key: %w", err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// FreshKeys returns Keys after a search for a newer secret, unless the last search was a moment ago.
func (s *Sealer) FreshKeys(ctx context.Context, purpose string) ([][]byte, error) {
	held, err := s.credentials.Current(ctx)
	if err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	if s.searchIsDue() {
		s.readGenerations(ctx, held.ClientSecret)
	}
	return s.Keys(ctx, purpose)
}

// readGenerations reads the current and the previous secret. If it cannot read them, it
// uses the held one for a while.
func (s *Sealer) readGenerations(ctx context.Context, held string) generations {
	known := generations{secrets: []string{held}, again: s.now().Add(searchInterval)}
	if found, err := s.credentials.Versions(ctx); err == nil {
		known = generations{secrets: []string{found.Current.ClientSecret}}
		if before := found.Previous.ClientSecret; before != "" && before != found.Current.ClientSecret {
			known.secrets = append(known.secrets, before)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generations = known
	return known
}
