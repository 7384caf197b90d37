package jwks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

const (
	// Pause is the time between two fetches at the least. A key that came into
	// use since the last fetch is known no later than this after it; issuers
	// publish the next key long before they sign with it, so that is no gap in
	// practice.
	Pause = 30 * time.Second

	// emptyPause is the first pause where a fetch failed and there is no key at
	// all: one broken answer must not keep everybody out for half a minute. It
	// doubles up to Pause, for an issuer that is down is not helped by more.
	emptyPause = time.Second

	// maxAge is how long keys are trusted before they are fetched anew, so that
	// one that the issuer withdrew does not live as long as the process.
	maxAge = time.Hour

	// usualTimeout is for one fetch. It leaves a request's 8 seconds time to go on
	// with the keys that there are.
	usualTimeout = 5 * time.Second
)

// ErrUnknownKey says that a token names no key, or one that the issuer has not.
var ErrUnknownKey = errors.New("jwks: no such key")

// FetchError says that the keys could not be had, so that nothing is known of
// the token. Its text never holds the answer's.
type FetchError struct{ cause error }

func (e *FetchError) Error() string { return fmt.Sprintf("fetch the signing keys: %v", e.cause) }

// Unwrap returns what the HTTP client, or the waiting context, failed with.
func (e *FetchError) Unwrap() error { return e.cause }

// Set is one issuer's keys. It fetches nothing before its first use, is safe
// for concurrent use, and needs nothing in the background. It is an
// oidc.KeySet of go-oidc.
type Set struct {
	Timeout time.Duration // of one fetch, 5 s unless it is set before the first use

	locate func(context.Context) (url string, err error)
	client *http.Client
	now    func() time.Time
	flight singleflight.Group

	mu      sync.Mutex
	keys    map[string][]jose.JSONWebKey // by id
	fetched time.Time                    // when these keys were asked for
	tried   time.Time                    // when keys were asked for last
	failure error                        // what became of that
	empty   time.Duration                // the next pause where there is no key at all
}

// New returns the key set at a URL; now is time.Now outside tests. The client
// decides on retries.
func New(url string, client *http.Client, now func() time.Time) *Set {
	locate := func(context.Context) (string, error) { return url, nil }
	return &Set{Timeout: usualTimeout, locate: locate, client: client, now: now}
}

// Ready fetches the keys if there are none. Who is to do something that cannot
// be done twice, and needs keys after it, asks first. It fails with *FetchError.
func (s *Set) Ready(ctx context.Context) error {
	s.mu.Lock()
	ready := len(s.keys) > 0
	s.mu.Unlock()
	if ready {
		return nil
	}
	return s.refresh(ctx)
}

// find returns the keys with this id. Keys that are old, or a fetch that fails,
// do not keep a key that is there from serving.
func (s *Set) find(ctx context.Context, id string) ([]jose.JSONWebKey, error) {
	found, fresh := s.known(id)
	if len(found) > 0 && fresh {
		return found, nil
	}
	err := s.refresh(ctx)
	if found, _ = s.known(id); len(found) > 0 {
		return found, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, ErrUnknownKey
}

func (s *Set) known(id string) (found []jose.JSONWebKey, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[id], s.now().Sub(s.fetched) < maxAge
}

// refresh fetches the keys, unless that was done a moment ago, and then it
// fails as it did then. One fetch serves all who wait, on a context of its own:
// whoever came first must not end it for the others.
func (s *Set) refresh(ctx context.Context) error {
	result := s.flight.DoChan("", func() (any, error) {
		if due, failure := s.begin(); !due {
			return nil, failure
		}
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Timeout)
		defer cancel()
		keys, err := s.fetch(own)
		return nil, s.end(keys, err)
	})
	select {
	case <-ctx.Done():
		return &FetchError{ctx.Err()}
	case r := <-result:
		return r.Err
	}
}

func (s *Set) begin() (due bool, failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pause := Pause
	if len(s.keys) == 0 {
		pause = s.empty
	}
	if !s.tried.IsZero() && s.now().Sub(s.tried) < pause {
		return false, s.failure
	}
	s.tried = s.now()
	return true, nil
}

func (s *Set) end(keys map[string][]jose.JSONWebKey, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = nil
	if err != nil {
		s.failure = &FetchError{err}
		s.empty = min(max(2*s.empty, emptyPause), Pause)
		return s.failure
	}
	s.keys, s.fetched = keys, s.tried
	return nil
}
