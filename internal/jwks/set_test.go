package jwks_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"usher/internal/jwks"
)

func isFetch(err error) bool {
	_, ok := errors.AsType[*jwks.FetchError](err)
	return ok
}

// wantErr is nil, ErrUnknownKey or a *FetchError.
func (i *issuer) verify(token string, wantErr error) {
	i.t.Helper()
	payload, err := i.set.VerifySignature(i.t.Context(), token)
	switch {
	case wantErr == nil && (err != nil || string(payload) != "payload"):
		i.t.Errorf("%q, %v", payload, err)
	case isFetch(wantErr) && !isFetch(err):
		i.t.Errorf("%v is not a fetch error", err)
	case wantErr != nil && !isFetch(wantErr) && !errors.Is(err, wantErr):
		i.t.Errorf("%v, want %v", err, wantErr)
	}
}

var errFetch = &jwks.FetchError{}

// Any number of tokens with unknown keys causes only one fetch per 30 seconds.
func TestUnknownKeysCauseOneFetchPerPause(t *testing.T) {
	known := newKey(t, "known")
	i := newIssuer(t, known)
	var strange []string
	for range 100 {
		strange = append(strange, token(t, newKey(t, "strange"), jose.ES256))
	}
	good := token(t, known, jose.ES256)
	storm := func() {
		var all sync.WaitGroup
		for n := range 10_000 {
			all.Go(func() {
				if n%100 == 0 {
					i.verify(good, nil)
				}
				i.verify(strange[n%len(strange)], jwks.ErrUnknownKey)
			})
		}
		all.Wait()
	}
	storm()
	i.Keys.Fetched(t, 1)
	i.Advance(jwks.Pause - time.Nanosecond)
	storm()
	i.Keys.Fetched(t, 1)
	i.Advance(time.Nanosecond)
	storm()
	i.Keys.Fetched(t, 2)
}

func TestKeyRotation(t *testing.T) {
	first, second := newKey(t, "first"), newKey(t, "second")
	i := newIssuer(t, first)
	i.verify(token(t, first, jose.ES256), nil)
	i.publish(first, second)
	i.verify(token(t, second, jose.ES256), jwks.ErrUnknownKey) // too soon after the last fetch
	i.Advance(jwks.Pause)
	i.verify(token(t, second, jose.ES256), nil)
	i.verify(token(t, first, jose.ES256), nil)
	i.Keys.Fetched(t, 2)
}

// A key that the issuer withdrew is accepted for at most an hour.
func TestWithdrawnKeysExpire(t *testing.T) {
	withdrawn, stays := newKey(t, "withdrawn"), newKey(t, "stays")
	i := newIssuer(t, withdrawn, stays)
	i.verify(token(t, withdrawn, jose.ES256), nil)
	i.publish(stays)
	i.Advance(time.Hour - time.Second)
	i.verify(token(t, withdrawn, jose.ES256), nil)
	i.Keys.Fetched(t, 1)
	i.Advance(time.Second)
	i.verify(token(t, withdrawn, jose.ES256), jwks.ErrUnknownKey)
	i.verify(token(t, stays, jose.ES256), nil)
	i.Keys.Fetched(t, 2)
}

// After a failed fetch, cached keys still work, and an unknown key is a fetch error.
func TestStaleKeysStillWork(t *testing.T) {
	known, other := newKey(t, "known"), newKey(t, "other")
	for name, broken := range map[string]struct {
		status int
		body   any
	}{
		"a failure":       {http.StatusServiceUnavailable, "SECRET-WORDS"},
		"not JSON":        {http.StatusOK, "SECRET-WORDS"},
		"an empty set":    {http.StatusOK, jose.JSONWebKeySet{}},
		"another 2xx":     {http.StatusAccepted, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{other.Public()}}},
		"a too large set": {http.StatusOK, `{"keys":[` + strings.Repeat(" ", 1<<20) + `]}`},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t, known)
			i.verify(token(t, known, jose.ES256), nil)
			i.Keys.Answer(broken.status, broken.body)
			i.Advance(2 * time.Hour)
			i.verify(token(t, known, jose.ES256), nil)
			i.Keys.Fetched(t, 2)
			i.verify(token(t, other, jose.ES256), errFetch)
			i.verify(token(t, known, jose.ES256), nil)
			i.Keys.Fetched(t, 2)
			if _, err := i.set.VerifySignature(t.Context(), token(t, other, jose.ES256)); strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%v quotes the response", err)
			}
			i.publish(known, other)
			i.Advance(jwks.Pause)
			i.verify(token(t, other, jose.ES256), nil)
			i.Keys.Fetched(t, 3)
		})
	}
}

// Without any key, the next fetch is sooner, but not for every token.
func TestEmptySetRecovers(t *testing.T) {
	key := newKey(t, "key")
	i := newIssuer(t)
	i.Keys.Answer(http.StatusInternalServerError, "")
	for range 100 {
		i.verify(token(t, key, jose.ES256), errFetch)
	}
	i.Keys.Fetched(t, 1)
	i.publish(key)
	i.Advance(time.Second)
	i.verify(token(t, key, jose.ES256), nil)
	i.Keys.Fetched(t, 2)
}

// Without any key, the pause doubles up to the normal pause.
func TestEmptySetBacksOff(t *testing.T) {
	key := newKey(t, "key")
	i := newIssuer(t)
	i.Keys.Answer(http.StatusInternalServerError, "")
	good := token(t, key, jose.ES256)
	for range 120 { // seconds
		i.verify(good, errFetch)
		i.Advance(time.Second)
	}
	i.Keys.Fetched(t, 8) // after 0, 1, 3, 7, 15, 31, 61 and 91
	i.publish(key)
	i.Advance(time.Second)
	i.verify(good, nil)
}

// A canceled caller does not cancel the fetch for the others.
func TestFetchOutlivesItsFirstCaller(t *testing.T) {
	key := newKey(t, "key")
	i := newIssuer(t, key)
	release := i.Keys.Hold()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := i.set.VerifySignature(gone, token(t, key, jose.ES256))
	if !isFetch(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	release()
	i.verify(token(t, key, jose.ES256), nil)
	i.Keys.Fetched(t, 1)
}

func TestReady(t *testing.T) {
	key := newKey(t, "key")
	i := newIssuer(t, key)
	for range 3 {
		if err := i.set.Ready(t.Context()); err != nil {
			t.Error(err)
		}
	}
	i.Advance(2 * time.Hour) // Ready accepts old keys
	if err := i.set.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	i.verify(token(t, key, jose.ES256), nil)
	i.Keys.Fetched(t, 2)
	empty := newIssuer(t)
	if err := empty.set.Ready(t.Context()); !isFetch(err) {
		t.Errorf("%v", err)
	}
}
