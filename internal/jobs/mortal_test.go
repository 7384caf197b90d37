package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"

	"usher/internal/jobs"
)

var errDead = errors.New("the process is dead")

// mortal is a store that dies at a write, as its process would: it refuses every later call until revive.
type mortal struct {
	jobs.Store

	mu     sync.Mutex
	writes int    // so far
	dies   int    // at this write; 0 for never
	diesAt string // at the next write of a key with this part; "" for none
	after  bool   // whether that write is made
	dead   bool
}

// write makes a write, unless the store dies before.
func (m *mortal) write(key string, do func() error) error {
	m.mu.Lock()
	if m.dead {
		m.mu.Unlock()
		return errDead
	}
	m.writes++
	dies := m.writes == m.dies || m.diesAt != "" && strings.Contains(key, m.diesAt)
	m.dead = dies
	m.mu.Unlock()
	if dies && !m.after {
		return errDead
	}
	err := do()
	if dies {
		return errDead
	}
	return err
}

func (m *mortal) read(do func() error) error {
	m.mu.Lock()
	dead := m.dead
	m.mu.Unlock()
	if dead {
		return errDead
	}
	return do()
}

// revive ends the death, as a new process does.
func (m *mortal) revive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead, m.diesAt = false, ""
}

// died reports whether the death came.
func (m *mortal) died() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.writes >= m.dies
}

func (m *mortal) Get(ctx context.Context, key string) (body []byte, version string, err error) {
	err = m.read(func() (err error) { body, version, err = m.Store.Get(ctx, key); return err })
	return body, version, err
}

func (m *mortal) List(ctx context.Context, prefix, after string, limit int) (keys []string, err error) {
	err = m.read(func() (err error) { keys, err = m.Store.List(ctx, prefix, after, limit); return err })
	return keys, err
}

func (m *mortal) Put(ctx context.Context, key string, body []byte) error {
	return m.write(key, func() error { return m.Store.Put(ctx, key, body) })
}

func (m *mortal) Delete(ctx context.Context, key string) error {
	return m.write(key, func() error { return m.Store.Delete(ctx, key) })
}

func (m *mortal) Create(ctx context.Context, key string, body []byte) (created bool, err error) {
	err = m.write(key, func() (err error) { created, err = m.Store.Create(ctx, key, body); return err })
	return created && err == nil, err
}

func (m *mortal) Replace(ctx context.Context, key, version string, body []byte) (replaced bool, err error) {
	err = m.write(key, func() (err error) { replaced, err = m.Store.Replace(ctx, key, version, body); return err })
	return replaced && err == nil, err
}
