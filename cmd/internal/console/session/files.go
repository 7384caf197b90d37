package session

import (
	"crypto/rand"
	"slices"
	"time"
)

// The bounds of files in memory.
const (
	MaxFileAge    = time.Hour
	MaxOfSession  = 64_000_000  // bytes; the oldest files make room for a new one
	maxOfAll      = 256_000_000 // bytes, with the files that are being read
	sweepInterval = time.Minute
)

// File is an uploaded file that a session keeps.
type File struct {
	ID    string
	Size  int64
	Until time.Time
	Value any // what the site keeps of it
}

// Reserve reserves memory for a file that is about to be read. It reports whether there is enough.
func (s *Store) Reserve(size int64) (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	held := s.reserved
	for _, x := range s.byName {
		held += x.size()
	}
	if held+size > maxOfAll {
		return nil, false
	}
	s.reserved += size
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reserved -= size
	}, true
}

// NewFile returns a file that a session can hold from now for an hour.
func (s *Store) NewFile(size int64) *File {
	return &File{ID: rand.Text(), Size: size, Until: s.now().Add(MaxFileAge)}
}

// Hold keeps a file until its time or the session ends.
func (s *Store) Hold(x *Session, file *File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.files = append(x.files, file)
	for len(x.files) > 1 && x.size() > MaxOfSession {
		x.files = slices.Delete(x.files, 0, 1)
	}
	s.sweepLater()
}

// Files returns the files of a session, newest first.
func (s *Store) Files(x *Session) []*File {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	files := slices.Clone(x.files)
	slices.Reverse(files)
	return files
}

// Forget removes a file of a session.
func (s *Store) Forget(x *Session, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.files = slices.DeleteFunc(x.files, func(f *File) bool { return f.ID == id })
}

func (x *Session) size() (sum int64) {
	for _, f := range x.files {
		sum += f.Size
	}
	return sum
}

// sweepLater frees memory without a request. It continues while there are files.
func (s *Store) sweepLater() {
	if s.sweeps {
		return
	}
	s.sweeps = true
	time.AfterFunc(sweepInterval, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.sweeps = false; s.sweep() {
			s.sweepLater()
		}
	})
}

// sweep removes the sessions that are over, and the files that are too old. It reports whether files remain.
func (s *Store) sweep() (remain bool) {
	now := s.now()
	for name, x := range s.byName {
		if s.isOver(x) {
			delete(s.byName, name)
			continue
		}
		x.files = slices.DeleteFunc(x.files, func(f *File) bool { return !now.Before(f.Until) })
		remain = remain || len(x.files) > 0
	}
	return remain
}
