// Package storetest holds every storage of jobs to the same rules.
package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"usher/internal/jobs"
)

// Test checks what jobs.Store promises. The store must be empty.
func Test(t *testing.T, s jobs.Store) {
	t.Run("an object", func(t *testing.T) { object(t, s) })
	t.Run("create once", func(t *testing.T) { create(t, s) })
	t.Run("replace a version", func(t *testing.T) { replace(t, s) })
	t.Run("one of many creates", func(t *testing.T) {
		one(t, func(i int) (bool, error) { return s.Create(t.Context(), "race/create", fmt.Append(nil, i)) })
	})
	t.Run("one of many replaces", func(t *testing.T) {
		if err := s.Put(t.Context(), "race/replace", []byte("before")); err != nil {
			t.Fatal(err)
		}
		_, version := get(t, s, "race/replace")
		one(t, func(i int) (bool, error) { return s.Replace(t.Context(), "race/replace", version, fmt.Append(nil, i)) })
	})
	t.Run("a list", func(t *testing.T) { list(t, s) })
}

func get(t *testing.T, s jobs.Store, key string) (body, version string) {
	t.Helper()
	b, version, err := s.Get(t.Context(), key)
	if err != nil || version == "" {
		t.Fatalf("%s: version %q, %v", key, version, err)
	}
	return string(b), version
}

func object(t *testing.T, s jobs.Store) {
	const key = "jobs/a1/results/0"
	if _, _, err := s.Get(t.Context(), key); !errors.Is(err, jobs.ErrNoObject) {
		t.Errorf("before it is written: %v", err)
	}
	if err := s.Delete(t.Context(), key); err != nil {
		t.Errorf("deleting nothing: %v", err)
	}
	for _, body := range []string{"one", "", strings.Repeat("\x00\xff\r\n", 1<<18)} {
		if err := s.Put(t.Context(), key, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if got, _ := get(t, s, key); got != body {
			t.Errorf("%d bytes were written and %d were read", len(body), len(got))
		}
	}
	if err := s.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), key); !errors.Is(err, jobs.ErrNoObject) {
		t.Errorf("after it is deleted: %v", err)
	}
}

func create(t *testing.T, s jobs.Store) {
	for i, want := range []bool{true, false, false} {
		if wrote, err := s.Create(t.Context(), "once", fmt.Append(nil, i)); wrote != want || err != nil {
			t.Errorf("create %d: %v, %v", i, wrote, err)
		}
	}
	if got, _ := get(t, s, "once"); got != "0" {
		t.Errorf("a later create has written %q", got)
	}
	if err := s.Delete(t.Context(), "once"); err != nil {
		t.Fatal(err)
	}
	if wrote, err := s.Create(t.Context(), "once", []byte("again")); !wrote || err != nil {
		t.Errorf("after it is deleted: %v, %v", wrote, err)
	}
}

func replace(t *testing.T, s jobs.Store) {
	const key = "places/f/0"
	if err := s.Put(t.Context(), key, []byte("0")); err != nil {
		t.Fatal(err)
	}
	_, first := get(t, s, key)
	if wrote, err := s.Replace(t.Context(), key, first, []byte("1")); !wrote || err != nil {
		t.Fatalf("%v, %v", wrote, err)
	}
	_, second := get(t, s, key)
	if wrote, err := s.Replace(t.Context(), key, first, []byte("2")); wrote || err != nil {
		t.Errorf("an old version: %v, %v", wrote, err)
	}
	if got, _ := get(t, s, key); got != "1" {
		t.Errorf("an old version was replaced by %q", got)
	}
	if err := s.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if wrote, err := s.Replace(t.Context(), key, second, []byte("3")); wrote || err != nil {
		t.Errorf("a deleted object: %v, %v", wrote, err)
	}
}

// one checks that one of many writes at once succeeds.
func one(t *testing.T, write func(int) (bool, error)) {
	var wrote atomic.Int32
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			ok, err := write(i)
			if err != nil {
				t.Error(err)
			}
			if ok {
				wrote.Add(1)
			}
		})
	}
	all.Wait()
	if n := wrote.Load(); n != 1 {
		t.Errorf("%d of 20 have written", n)
	}
}

func list(t *testing.T, s jobs.Store) {
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("list/a/%02d-x", i))
	}
	for _, key := range append([]string{"list/b/00", "list/a0"}, want...) {
		if err := s.Put(t.Context(), key, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		prefix, after string
		limit         int
		want          []string
	}{
		"all":              {"list/a/", "", 100, want},
		"the first":        {"list/a/", "", 3, want[:3]},
		"after a key":      {"list/a/", want[2], 3, want[3:6]},
		"after no key":     {"list/a/", "list/a/02-", 2, want[2:4]},
		"after the last":   {"list/a/", want[24], 3, nil},
		"of no such place": {"list/c/", "", 3, nil},
		"none":             {"list/a/", "", 0, nil},
	}
	for name, tt := range tests {
		if got, err := s.List(t.Context(), tt.prefix, tt.after, tt.limit); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
