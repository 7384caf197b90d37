package authorizer_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"

	"usher/internal/authorizer"
	"usher/internal/jwks"
)

// Ten thousand concurrent tokens with unknown keys cause one fetch in 30 seconds, and valid
// tokens still pass.
func TestUnknownKeysCauseOneFetch(t *testing.T) {
	i := newIssuer(t)
	good := "Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"exp": i.Now().Unix() + 86400})
	var strange []string
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		strange = append(strange, "Bearer "+byHand(`{"alg":"ES256","kid":"unknown-`+id+`"}`, string(i.claims(nil)), always(make([]byte, 64))))
	}
	flood := func() {
		var all sync.WaitGroup
		for n := range 10_000 {
			all.Go(func() {
				if n%50 == 0 {
					i.passes(good, grant{"shop", "usher:read"})
				}
				_, err := i.auth.Check(t.Context(), strange[n%len(strange)])
				if refusal, ok := errors.AsType[*authorizer.Refusal](err); !ok || refusal.Reason != authorizer.UnknownKey {
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
	}
	flood()
	i.Keys.Fetched(t, 1)
	i.Advance(jwks.Pause - time.Nanosecond)
	flood()
	i.Keys.Fetched(t, 1)
	i.Advance(time.Nanosecond)
	flood()
	i.Keys.Fetched(t, 2)
	i.Advance(jwks.Pause)
	flood()
	i.Keys.Fetched(t, 3)
}

func isFetch(err error) bool {
	_, ok := errors.AsType[*jwks.FetchError](err)
	return ok
}

// While the issuer is unavailable, cached keys still work. A token with an unknown key is then
// neither accepted nor refused.
func TestUnavailableIssuer(t *testing.T) {
	i := newIssuer(t)
	good := "Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"exp": i.Now().Unix() + 86400})
	strange := "Bearer " + byHand(`{"alg":"ES256","kid":"new"}`, string(i.claims(nil)), always(make([]byte, 64)))
	i.passes(good, grant{"shop", "usher:read"})
	i.goDown(true)
	for range 12 {
		i.Advance(time.Hour)
		i.passes(good, grant{"shop", "usher:read"})
	}
	if _, err := i.auth.Check(t.Context(), strange); !isFetch(err) {
		t.Errorf("%v", err)
	}

	cold := newIssuer(t)
	cold.goDown(true)
	token := "Bearer " + cold.good()
	if g, err := cold.auth.Check(t.Context(), token); !isFetch(err) || g.Caller != "" {
		t.Errorf("%+v, %v", g, err)
	}
	cold.goDown(false)
	cold.Advance(time.Second)
	cold.passes(token, grant{"shop", "usher:read"})
}
