package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"testing"
	"time"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/test/testkit"
)

// keysOf returns the keys for one purpose in hexadecimal.
func keysOf(t *testing.T, s *Sealer, purpose string) []string {
	t.Helper()
	keys, err := s.Keys(t.Context(), purpose)
	if err != nil {
		t.Fatal(err)
	}
	return texts(keys)
}

func texts(keys [][]byte) []string {
	var out []string
	for _, key := range keys {
		out = append(out, hex.EncodeToString(key))
	}
	return out
}

// keyOfOne is the key for "ids" under the secret "one". It must not change: users' IDs derive from it.
const keyOfOne = "1504f4a4e2582727eca7c3334eb9c995cd76f72a9e70dc6ef4b0d613e0703f2e"

func TestKeysAreTheSameInEveryInstance(t *testing.T) {
	for range 2 {
		s, _ := sealer(with("one"))
		if got := keysOf(t, s, "ids"); len(got) != 1 || got[0] != keyOfOne {
			t.Errorf("keys %v", got)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	one, _ := sealer(with("one"))
	two, _ := sealer(with("two"))
	seen := map[string]bool{}
	for _, key := range []string{keysOf(t, one, "ids")[0], keysOf(t, one, "bodies")[0], keysOf(t, one, "")[0], keysOf(t, two, "ids")[0]} {
		if seen[key] || len(key) != 64 {
			t.Errorf("%q is repeated or is not 256 bits", key)
		}
		seen[key] = true
	}
	sealed := mustSeal(t, one, "hello") // a key of Keys must not open sealed text
	keys, err := one.Keys(t.Context(), "cursor")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := open(string(keys[0]), "cursor", "filters", []byte(sealed)); ok {
		t.Error("a key of Keys opens sealed text")
	}
}

func TestKeysAfterARotation(t *testing.T) {
	k := with("one")
	warm, _ := sealer(k)
	old := keysOf(t, warm, "ids")[0]
	k.rotate("two")
	if got := keysOf(t, warm, "ids"); len(got) != 1 || got[0] != old {
		t.Errorf("before the rotation is known: %v", got)
	}
	k.held = "two"
	cold, _ := sealer(k)
	for name, s := range map[string]*Sealer{"cold": cold, "warm": warm} {
		if got := keysOf(t, s, "ids"); len(got) != 2 || got[0] == old || got[1] != old {
			t.Errorf("%s: %v", name, got)
		}
	}
	if k.searches != 3 {
		t.Errorf("%d reads, want one for each instance and secret", k.searches)
	}
}

func TestFreshKeysFindANewerSecret(t *testing.T) {
	k := with("one")
	s, c := sealer(k)
	old := keysOf(t, s, "ids")[0]
	k.rotate("two")
	fresh, err := s.FreshKeys(t.Context(), "ids")
	if err != nil || len(fresh) != 2 || texts(fresh)[1] != old {
		t.Fatalf("%v, %v", texts(fresh), err)
	}
	k.rotate("three")
	reads := k.searches
	again, err := s.FreshKeys(t.Context(), "ids")
	if err != nil || !bytes.Equal(again[0], fresh[0]) || k.searches != reads {
		t.Errorf("%d searches within the interval, %v", k.searches-reads, err)
	}
	c.Advance(searchInterval)
	again, err = s.FreshKeys(t.Context(), "ids")
	if err != nil || bytes.Equal(again[0], fresh[0]) || k.searches != reads+1 {
		t.Errorf("%d searches after the interval, %v", k.searches-reads, err)
	}
}

// unreadable is credentials with versions that cannot be read while the field is is set.
type unreadable struct {
	*keys
	is    bool
	reads int
}

func (u *unreadable) Versions(ctx context.Context) (secrets.Versions, error) {
	u.reads++
	if u.is {
		return secrets.Versions{}, problem.ServiceUnavailable.New("Not now.")
	}
	return u.keys.Versions(ctx)
}

// If the previous secret cannot be read, the current one suffices, and not every request tries again.
func TestKeysWithAnUnreadablePreviousSecret(t *testing.T) {
	k := with("one")
	k.previous = "zero"
	u := &unreadable{keys: k, is: true}
	c := testkit.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	s := New(u, c.Now)
	for _, step := range []struct {
		after       time.Duration
		is          bool
		reads, keys int
	}{{0, true, 1, 1}, {searchInterval - 1, false, 1, 1}, {1, true, 2, 1}, {searchInterval, false, 3, 2}, {searchInterval, true, 3, 2}} {
		c.Advance(step.after)
		u.is = step.is
		if got := keysOf(t, s, "ids"); len(got) != step.keys || u.reads != step.reads {
			t.Errorf("%+v: %d reads, keys %v", step, u.reads, got)
		}
	}
}

func TestKeysWithoutASecret(t *testing.T) {
	k := with("one")
	k.err = problem.ServiceUnavailable.New("Not now.")
	s, _ := sealer(k)
	if got, err := s.Keys(t.Context(), "ids"); !problem.Is(err, problem.ServiceUnavailable) || got != nil {
		t.Errorf("Keys: %v, %v", got, err)
	}
	if got, err := s.FreshKeys(t.Context(), "ids"); !problem.Is(err, problem.ServiceUnavailable) || got != nil {
		t.Errorf("FreshKeys: %v, %v", got, err)
	}
}
