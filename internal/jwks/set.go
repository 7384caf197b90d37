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

	"usher/internal/shared"
)

const (
	// Pause is the minimum time between two fetches. A new key of the issuer may be unknown
	// for this time. In practice issuers publish a key long before they use it.
	Pause = 30 * time.Second

	// emptyPause is the first pause after a failed fetch if there are no keys. It is short,
	// so that one bad response does not reject all tokens for long. It doubles up to Pause.
	emptyPause = time.Second

	// maxAge is the time after which keys are fetched again, so that a key that the issuer
	// withdrew is not accepted for the lifetime of the process.
	maxAge = time.Hour

	// usualTimeout is the timeout of a fetch. It leaves time in a request's 8 seconds to
	// continue with the cached keys.
	usualTimeout = 5 * time.Second
)

// ErrUnknownKey means that a token has no key ID, or an ID that the issuer does not have.
var ErrUnknownKey = errors.New("jwks: no such key")

// FetchError means that the keys were not available, so that the token was not checked. Its
// text never contains the response.
type FetchError struct{ cause error }

func (e *FetchError) Error() string { return fmt.Sprintf("fetch the signing keys: %v", e.cause) }

// Unwrap returns the error of the HTTP client or of the caller's context.
func (e *FetchError) Unwrap() error { return e.cause }

// Set is an issuer's key set. It fetches keys on demand, starting with the first use, and
// runs nothing in the background. It is safe for concurrent use. It implements
// oidc.KeySet of go-oidc.
type Set struct {
	Timeout time.Duration // of one fetch; default 5 s; must be set before the first use

	locate func(context.Context) (url string, err error)
	client *http.Client
	now    func() time.Time
	flight singleflight.Group

	mu      sync.Mutex
	keys    map[string][]jose.JSONWebKey // by ID
	fetched time.Time                    // start of the last successful fetch
	tried   time.Time                    // start of the last fetch
	failure error                        // error of the last fetch
	empty   time.Duration                // next pause if there are no keys
}

// New returns the key set at a URL. The client is responsible for retries. now is time.Now
// except in tests.
func New(url string, client *http.Client, now func() time.Time) *Set {
	locate := func(context.Context) (string, error) { return url, nil }
	return &Set{Timeout: usualTimeout, locate: locate, client: client, now: now}
}

// Ready fetches the keys if there are none. Call it before an action that cannot be repeated
// and whose result needs the keys. It fails with *FetchError.
func (s *Set) Ready(ctx context.Context) error {
	s.mu.Lock()
	ready := len(s.keys) > 0
	s.mu.Unlock()
	if ready {
		return nil
	}
	return s.refresh(ctx)
}

// find returns the keys with an ID. If a fetch fails, it returns cached keys of any age.
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

// refresh fetches the keys, or returns the result of the last fetch if the pause has not
// passed. One fetch serves all concurrent callers. It has a separate context, so that
// canceling one request does not affect the others.
func (s *Set) refresh(ctx context.Context) error {
	result := s.flight.DoChan("", func() (any, error) {
		if due, failure := s.begin(); !due {
			return nil, failure
		}
		own, cancel := context.WithTimeout(shared.Work(ctx), s.Timeout)
		defer cancel()
		keys, err := s.fetch(own)
		return nil, s.end(keys, err)
	})
	select {
	case <-shared.GivenUp(ctx):
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
