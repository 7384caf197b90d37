package identities

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
)

func TestIsJWT(t *testing.T) {
	const object, text = "eyJhIjoxfQ", "ImEi" // {"a":1} and "a"
	tests := map[string]bool{
		object + "." + object + "." + text:              true,
		object + "." + object + ".":                     false, // unsigned
		object + "." + object:                           false,
		object + "." + object + "." + text + "." + text: false,
		text + "." + object + "." + text:                false,
		object + "." + text + "." + text:                false,
		object + "." + object + "." + "=":               false,
		" " + object + "." + object + "." + text:        false,
		"":                                              false,
	}
	for token, want := range tests {
		if got := isJWT(token); got != want {
			t.Errorf("%q: %t", token, got)
		}
	}
}

// prover answers for each token what the test says.
type prover map[string]struct {
	proof Proof
	err   error
}

func (p prover) Proof(_ context.Context, token string) (Proof, error) {
	return p[token].proof, p[token].err
}

func TestCheckOfProofs(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	provider := prover{
		"mine":    {proof: Proof{"me", now}},
		"in time": {proof: Proof{"me", now.Add(-maxAge)}},
		"old":     {proof: Proof{"me", now.Add(-maxAge - time.Second)}},
		"ahead":   {proof: Proof{"me", now.Add(time.Minute)}}, // the provider's clock may be
		"undated": {proof: Proof{"me", time.Unix(0, 0)}},
		"other":   {proof: Proof{"other", now}},
		"expired": {err: fmt.Errorf("checked: %w", ErrExpired)},
		"foreign": {err: ErrForeign},
		"unknown": {err: problem.ProviderFailed.New("No keys.")},
	}
	tests := map[string]struct {
		user, other string
		code        string // "" for a good pair
		fields      []string
	}{
		"good":                   {"mine", "other", "", nil},
		"at the last moment":     {"in time", "other", "", nil},
		"a clock ahead":          {"ahead", "other", "", nil},
		"a second too late":      {"old", "other", "proof-refused", []string{"id_token"}},
		"without a date":         {"undated", "other", "proof-refused", []string{"id_token"}},
		"somebody else":          {"other", "other", "proof-refused", []string{"id_token"}},
		"both bad":               {"expired", "foreign", "proof-refused", []string{"id_token", "link_id_token"}},
		"the second bad":         {"mine", "expired", "proof-refused", []string{"link_id_token"}},
		"no telling":             {"unknown", "other", "provider-failed", nil},
		"no telling, though bad": {"expired", "unknown", "provider-failed", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			subject, err := proofs{&tt.user, &tt.other}.check(t.Context(), provider, "me", now)
			if tt.code == "" {
				if err != nil || subject != "other" {
					t.Fatalf("%q, %v", subject, err)
				}
				return
			}
			var refused *problem.Error
			if !errors.As(err, &refused) || refused.Kind.Code != tt.code {
				t.Fatalf("refused with %v, want %s", err, tt.code)
			}
			var fields []string
			for _, field := range refused.Fields {
				fields = append(fields, field.Field)
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}
