package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/test/testkit"
)

// keys is credentials with a changeable client secret. held is the secret that this
// instance has read; the other fields are the secret's current content.
type keys struct {
	held, current, pending, previous string
	err                              error
	searches                         int
}

func (k *keys) Current(context.Context) (secrets.Credentials, error) {
	return secrets.Credentials{ClientSecret: k.held}, k.err
}

func (k *keys) Versions(context.Context) (secrets.Versions, error) {
	k.searches++
	k.held = k.current
	of := func(secret string) secrets.Credentials { return secrets.Credentials{ClientSecret: secret} }
	return secrets.Versions{Current: of(k.current), Pending: of(k.pending), Previous: of(k.previous)}, k.err
}

func (k *keys) rotate(secret string) { k.current, k.previous = secret, k.current }

func with(secret string) *keys { return &keys{held: secret, current: secret} }

func sealer(k *keys) (*Sealer, *testkit.Clock) {
	c := testkit.NewClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	return New(k, c.Now), c
}

func mustSeal(t *testing.T, s *Sealer, plain string) string {
	t.Helper()
	sealed, err := s.Seal(t.Context(), "cursor", "filters", []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func wantOpens(t *testing.T, s *Sealer, sealed, plain string) {
	t.Helper()
	got, err := s.Open(t.Context(), "cursor", "filters", sealed)
	if err != nil || string(got) != plain {
		t.Errorf("opened as %q, %v; want %q", got, err, plain)
	}
}

func wantNotOurs(t *testing.T, s *Sealer, purpose, binding, sealed string) {
	t.Helper()
	got, err := s.Open(t.Context(), purpose, binding, sealed)
	if !errors.Is(err, ErrNotOurs) || got != nil {
		t.Errorf("%q, %v; want ErrNotOurs", got, err)
	}
}

func TestRoundTrip(t *testing.T) {
	for name, plain := range map[string]string{
		"text":    "hello",
		"nothing": "",
		"binary":  "\x00\xff\x80",
		"long":    strings.Repeat("long ", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := sealer(with("one"))
			wantOpens(t, s, mustSeal(t, s, plain), plain)
		})
	}
}

func TestSealedTextRevealsNothing(t *testing.T) {
	s, _ := sealer(with("one"))
	first, second := mustSeal(t, s, "hello hello"), mustSeal(t, s, "hello hello")
	if first == second {
		t.Error("the same text has the same sealed form twice")
	}
	box, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatalf("not base64url: %v", err)
	}
	if bytes.Contains(box, []byte("hello")) {
		t.Error("the plain text is readable")
	}
}

func TestForeignTextDoesNotOpen(t *testing.T) {
	s, _ := sealer(with("one"))
	other, _ := sealer(with("two"))
	sealed := mustSeal(t, s, "hello")
	tests := map[string]struct{ purpose, binding, sealed string }{
		"another purpose":      {"state", "filters", sealed},
		"no purpose":           {"", "filters", sealed},
		"another binding":      {"cursor", "other filters", sealed},
		"no binding":           {"cursor", "", sealed},
		"another secret":       {"cursor", "filters", mustSeal(t, other, "hello")},
		"cut short":            {"cursor", "filters", sealed[:len(sealed)-4]},
		"cut to its nonce":     {"cursor", "filters", sealed[:16]},
		"longer":               {"cursor", "filters", sealed + "AAAA"},
		"padded":               {"cursor", "filters", sealed + "="},
		"with a line break":    {"cursor", "filters", sealed[:8] + "\n" + sealed[8:]},
		"nothing":              {"cursor", "filters", ""},
		"not base64url":        {"cursor", "filters", "+/+/+/+/"},
		"garbage":              {"cursor", "filters", strings.Repeat("A", 100)},
		"purpose into binding": {"cursorf", "ilters", sealed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { wantNotOurs(t, s, tt.purpose, tt.binding, tt.sealed) })
	}
}

func TestEveryAlteredByteIsDetected(t *testing.T) {
	s, _ := sealer(with("one"))
	box, err := base64.RawURLEncoding.DecodeString(mustSeal(t, s, "hello"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range box {
		altered := bytes.Clone(box)
		altered[i] ^= 1
		wantNotOurs(t, s, "cursor", "filters", base64.RawURLEncoding.EncodeToString(altered))
	}
}

// The last character of unpadded base64 has unused bits. A sealed text must still have only one spelling.
func TestSealedTextHasOneSpelling(t *testing.T) {
	s, _ := sealer(with("one"))
	sealed := mustSeal(t, s, "hello!")
	if len(sealed)%4 == 0 {
		t.Fatal("this plain text leaves no bits to spare")
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for _, c := range alphabet {
		if spelled := sealed[:len(sealed)-1] + string(c); spelled != sealed {
			wantNotOurs(t, s, "cursor", "filters", spelled)
		}
	}
}

func TestThePreviousSecretOpensAfterARotation(t *testing.T) {
	k := with("one")
	before, _ := sealer(k)
	sealed := mustSeal(t, before, "hello")
	k.rotate("two")
	k.held = "two"
	after, c := sealer(k) // an instance that never had the old secret
	wantOpens(t, after, sealed, "hello")
	if k.searches != 1 {
		t.Errorf("%d searches", k.searches)
	}
	c.Advance(searchInterval / 2)
	wantOpens(t, after, sealed, "hello")
	if k.searches != 1 {
		t.Errorf("%d searches, though the key is known", k.searches)
	}
}

func TestAnInstanceWithTheOldSecretOpensTextOfTheNewOne(t *testing.T) {
	k := with("one")
	old, _ := sealer(k)
	mustSeal(t, old, "warm")
	k.rotate("two")
	k.previous = "" // the previous secret must not be the one that opens it
	fresh, _ := sealer(with("two"))
	wantOpens(t, old, mustSeal(t, fresh, "hello"), "hello")
}

// One instance may know the end of a rotation before another does.
func TestThePendingSecretOpens(t *testing.T) {
	k := with("one")
	s, c := sealer(k)
	ahead, _ := sealer(with("two"))
	sealed := mustSeal(t, ahead, "hello")
	k.pending = "two"
	for range 3 {
		wantOpens(t, s, sealed, "hello")
		c.Advance(searchInterval)
	}
	if k.searches != 1 {
		t.Errorf("%d searches", k.searches)
	}
	wantNotOurs(t, ahead, "cursor", "filters", mustSeal(t, s, "hello")) // text is sealed only under the current secret
}

func TestInvalidTextCausesFewSearches(t *testing.T) {
	k := with("one")
	s, c := sealer(k)
	other, _ := sealer(with("elsewhere"))
	garbage := mustSeal(t, other, "hello")
	for _, step := range []struct {
		after time.Duration
		looks int
	}{{0, 1}, {0, 1}, {searchInterval - 1, 1}, {1, 2}, {1, 2}, {searchInterval - 2, 2}, {1, 3}} {
		c.Advance(step.after)
		wantNotOurs(t, s, "cursor", "filters", garbage)
		if k.searches != step.looks {
			t.Errorf("at %v: %d looks for keys, want %d", c.Now(), k.searches, step.looks)
		}
	}
}

func TestTextUnderTheCurrentKeyCausesNoSearch(t *testing.T) {
	k := with("one")
	s, _ := sealer(k)
	wantOpens(t, s, mustSeal(t, s, "hello"), "hello")
	wantNotOurs(t, s, "cursor", "filters", "not base64url!")
	if k.searches != 0 {
		t.Errorf("%d searches", k.searches)
	}
}

// An empty secret would be a publicly known key.
func TestAnEmptySecretOpensNothing(t *testing.T) {
	empty, _ := sealer(with(""))
	sealed := mustSeal(t, empty, "hello")
	wantNotOurs(t, empty, "cursor", "filters", sealed)
	s, _ := sealer(with("one")) // its previous secret is unknown, hence ""
	wantNotOurs(t, s, "cursor", "filters", sealed)
}

func TestCredentialProblemsPassThrough(t *testing.T) {
	k := with("one")
	s, _ := sealer(k)
	sealed := mustSeal(t, s, "hello")
	k.err = problem.ServiceUnavailable.New("Not now.")
	if got, err := s.Seal(t.Context(), "cursor", "filters", nil); !problem.Is(err, problem.ServiceUnavailable) || got != "" {
		t.Errorf("Seal: %q, %v", got, err)
	}
	if got, err := s.Open(t.Context(), "cursor", "filters", sealed); !problem.Is(err, problem.ServiceUnavailable) || errors.Is(err, ErrNotOurs) || got != nil {
		t.Errorf("Open: %q, %v", got, err)
	}
}

// ours is "hello" sealed under the secret "one". Every process must open it: after a
// deployment, sealed text of the previous version is still in use.
const ours = "H34frbXQXK9XuN18IzezTgyriGtQtCrarbBJnJy-gmWE"

func TestTextOfAnotherProcessOpens(t *testing.T) {
	s, _ := sealer(with("one"))
	wantOpens(t, s, ours, "hello")
}

func FuzzOpen(f *testing.F) {
	s, _ := sealer(with("one"))
	f.Add("cursor", "filters", ours)
	f.Add("state", "filters", ours)
	f.Add("cursor", "other filters", ours)
	f.Add("cursor", "filters", ours[1:])
	f.Add("cursor", "filters", strings.Repeat("_", 44))
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, purpose, binding, sealed string) {
		plain, err := s.Open(t.Context(), purpose, binding, sealed)
		if purpose == "cursor" && binding == "filters" && sealed == ours {
			if err != nil || string(plain) != "hello" {
				t.Fatalf("our own text opens as %q, %v", plain, err)
			}
			return
		}
		if !errors.Is(err, ErrNotOurs) {
			t.Fatalf("%q, %v; want ErrNotOurs", plain, err)
		}
	})
}

func TestBytesAreSealedAsTexts(t *testing.T) {
	s, _ := sealer(with("one"))
	plain := bytes.Repeat([]byte("x"), 1<<20)
	box, err := s.SealBytes(t.Context(), "jobs", "key", plain)
	if err != nil || len(box) > len(plain)+64 {
		t.Fatalf("%d bytes, %v", len(box), err)
	}
	if got, err := s.OpenBytes(t.Context(), "jobs", "key", box); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if got, err := s.Open(t.Context(), "jobs", "key", base64.RawURLEncoding.EncodeToString(box)); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("as a text: %d bytes, %v", len(got), err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another key":     func() ([]byte, error) { return s.OpenBytes(t.Context(), "jobs", "other", box) },
		"another purpose": func() ([]byte, error) { return s.OpenBytes(t.Context(), "cursor", "key", box) },
		"an altered box":  func() ([]byte, error) { return s.OpenBytes(t.Context(), "jobs", "key", append(box, 'x')) },
		"nothing":         func() ([]byte, error) { return s.OpenBytes(t.Context(), "jobs", "key", nil) },
	} {
		if got, err := open(); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
