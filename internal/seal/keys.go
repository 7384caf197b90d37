package seal

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"time"
)

// generations are the client secrets one after another, the current one first.
type generations struct {
	secrets []string
	again   time.Time // when to look for the one before again; zero for not at all
}

// Keys returns keys for a purpose, for what is made again rather than opened,
// such as the id of a user: that of the current secret first, then that of the
// one before, if there was one. It fails as the credentials do, but where the
// secret before cannot be read its key is left out.
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

// FreshKeys is Keys after a look for a newer secret than the one that this
// container holds, unless it looked a moment ago.
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

// readGenerations reads the current secret and the one before. Where they
// cannot be read, it does with the one that is held, for a while.
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
