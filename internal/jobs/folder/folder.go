// Package folder keeps jobs in a folder of this machine and runs them in this process. It is for
// a developer's machine and tests.
package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"usher/internal/jobs"
)

// Store is a jobs.Store in a folder. One process may use the folder.
type Store struct {
	root string
	mu   sync.Mutex
	keys []string // sorted
}

var _ jobs.Store = (*Store)(nil)

// NewStore returns a Store in an empty folder.
func NewStore(root string) *Store { return &Store{root: root} }

// path returns the file of an object. It is named by a hash, since keys have slashes and any length.
func (s *Store) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.root, hex.EncodeToString(sum[:]))
}

// Get returns an object with its version, the hash of its content.
func (s *Store) Get(_ context.Context, key string) (body []byte, version string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(key)
}

func (s *Store) get(key string) (body []byte, version string, err error) {
	if body, err = os.ReadFile(s.path(key)); errors.Is(err, fs.ErrNotExist) {
		return nil, "", jobs.ErrNoObject
	}
	sum := sha256.Sum256(body)
	return body, hex.EncodeToString(sum[:]), err
}

// Put writes an object.
func (s *Store) Put(_ context.Context, key string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(key, body)
}

func (s *Store) put(key string, body []byte) error {
	if i, found := slices.BinarySearch(s.keys, key); !found {
		s.keys = slices.Insert(s.keys, i, key)
	}
	return os.WriteFile(s.path(key), body, 0o600)
}

// Create writes an object unless it exists.
func (s *Store) Create(_ context.Context, key string, body []byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found := slices.BinarySearch(s.keys, key); found {
		return false, nil
	}
	return true, s.put(key, body)
}

// Replace writes an object if it has this version.
func (s *Store) Replace(_ context.Context, key, version string, body []byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, current, err := s.get(key)
	if errors.Is(err, jobs.ErrNoObject) || err == nil && current != version {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.put(key, body)
}

// Delete removes an object.
func (s *Store) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := slices.BinarySearch(s.keys, key); found {
		s.keys = slices.Delete(s.keys, i, i+1)
		return os.Remove(s.path(key))
	}
	return nil
}

// List returns keys below a prefix, in order.
func (s *Store) List(_ context.Context, prefix, after string, limit int) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	first, _ := slices.BinarySearch(s.keys, prefix)
	for _, key := range s.keys[first:] {
		if !strings.HasPrefix(key, prefix) || len(found) == limit {
			break
		}
		if key > after {
			found = append(found, key)
		}
	}
	return found, nil
}
