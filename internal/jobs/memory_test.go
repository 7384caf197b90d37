package jobs_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"usher/internal/jobs"
	"usher/internal/jobs/storetest"
)

// memory is a store in memory. Tests write thousands of times.
type memory struct {
	mu      sync.Mutex
	objects map[string]object
	puts    int
}

type object struct {
	body    []byte
	version string
}

func newMemory() *memory { return &memory{objects: map[string]object{}} }

func (m *memory) put(key string, body []byte) {
	m.puts++
	m.objects[key] = object{bytes.Clone(body), strconv.Itoa(m.puts)}
}

func (m *memory) Get(_ context.Context, key string) (body []byte, version string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.objects[key]
	if !ok {
		return nil, "", jobs.ErrNoObject
	}
	return bytes.Clone(found.body), found.version, nil
}

func (m *memory) Put(_ context.Context, key string, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, body)
	return nil
}

func (m *memory) Create(_ context.Context, key string, body []byte) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.objects[key]; there {
		return false, nil
	}
	m.put(key, body)
	return true, nil
}

func (m *memory) Replace(_ context.Context, key, version string, body []byte) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, there := m.objects[key]; !there || found.version != version {
		return false, nil
	}
	m.put(key, body)
	return true, nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return nil
}

func (m *memory) List(_ context.Context, prefix, after string, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []string
	for _, key := range slices.Sorted(maps.Keys(m.objects)) {
		if strings.HasPrefix(key, prefix) && key > after && len(found) < limit {
			found = append(found, key)
		}
	}
	return found, nil
}

func TestMemory(t *testing.T) { storetest.Test(t, newMemory()) }
