package nonce_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"usher/internal/nonce"
	"usher/internal/problem"
	"usher/internal/seal"
	"usher/internal/secrets"
)

var begun = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func sealer(secret string) *seal.Sealer {
	return seal.New(secrets.Static{ClientSecret: secret}, func() time.Time { return begun })
}

func TestDate(t *testing.T) {
	s := sealer("one")
	dated, err := nonce.Dated(t.Context(), s, "bare", begun)
	if err != nil || nonce.Bare(dated) != "bare" || len(dated) > 120 {
		t.Fatalf("%q, %v", dated, err)
	}
	// Another instance has only the same secret.
	if got, err := nonce.Date(t.Context(), sealer("one"), dated); err != nil || !got.Equal(begun) {
		t.Errorf("%v, %v", got, err)
	}
	again, _ := nonce.Dated(t.Context(), s, "bare", begun.Add(time.Hour))
	cursor, _ := s.Seal(t.Context(), "cursor", "bare", []byte("12345678"))
	longer, _ := s.Seal(t.Context(), "sign-in-nonce-1", "bare", []byte("123456789"))
	elsewhere, _ := nonce.Dated(t.Context(), sealer("two"), "bare", begun)
	for name, text := range map[string]string{
		"none":                 "",
		"no date":              "bare",
		"an empty date":        "bare.",
		"only a date":          strings.TrimPrefix(dated, "bare"),
		"another nonce's date": "other" + strings.TrimPrefix(dated, "bare"),
		"two dates":            dated + strings.TrimPrefix(again, "bare"),
		"an altered date":      dated[:len(dated)-1] + map[bool]string{true: "B", false: "A"}[dated[len(dated)-1] == 'A'],
		"an unsealed date":     "bare.1767323045",
		"another sealed text":  "bare." + cursor,
		"a longer plain text":  "bare." + longer,
		"another service's":    elsewhere,
	} {
		if got, err := nonce.Date(t.Context(), s, text); !errors.Is(err, nonce.ErrNotOurs) || !got.IsZero() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// failing is a sealer whose keys are unavailable.
type failing struct{ nonce.Sealer }

func (failing) Open(context.Context, string, string, string) ([]byte, error) {
	return nil, problem.ServiceUnavailable.New("Not now.")
}

func (failing) Seal(context.Context, string, string, []byte) (string, error) {
	return "", problem.ServiceUnavailable.New("Not now.")
}

func TestWithoutKeys(t *testing.T) {
	if _, err := nonce.Dated(t.Context(), failing{}, "bare", begun); !problem.Is(err, problem.ServiceUnavailable) {
		t.Errorf("Dated: %v", err)
	}
	if _, err := nonce.Date(t.Context(), failing{}, "bare.date"); !problem.Is(err, problem.ServiceUnavailable) {
		t.Errorf("Date: %v", err)
	}
}
