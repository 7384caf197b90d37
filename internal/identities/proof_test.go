package identities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/nonce"
	"usher/internal/problem"
	"usher/internal/seal"
	"usher/internal/secrets"
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
	sealer := seal.New(secrets.Static{ClientSecret: "s3cr3t"}, func() time.Time { return now })
	dated := func(begun time.Time) string {
		made, err := nonce.Dated(t.Context(), sealer, "bare", begun)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	of := func(subject string, issued, begun time.Time) Proof {
		return Proof{Subject: subject, IssuedAt: issued, Nonce: dated(begun)}
	}
	proved := func(p Proof, at time.Time) Proof {
		p.ProvedAt = &at
		return p
	}
	provider := prover{
		"mine":         {proof: of("me", now, now)},
		"in time":      {proof: of("me", now.Add(-maxAge), now.Add(-maxBegun))},
		"old":          {proof: of("me", now.Add(-maxAge-time.Second), now)},
		"ahead":        {proof: of("me", now.Add(time.Minute), now)}, // the provider's clock may be
		"undated":      {proof: of("me", time.Unix(0, 0), now)},
		"other":        {proof: of("other", now, now)},
		"refreshed":    {proof: of("me", now, now.Add(-maxBegun-time.Second))},
		"no nonce":     {proof: Proof{Subject: "me", IssuedAt: now}},
		"bare nonce":   {proof: Proof{Subject: "me", IssuedAt: now, Nonce: "bare"}},
		"another's":    {proof: Proof{Subject: "me", IssuedAt: now, Nonce: "other." + strings.TrimPrefix(dated(now), "bare.")}},
		"proved":       {proof: proved(of("me", now, now), now.Add(-maxAge))},
		"proved long":  {proof: proved(of("me", now, now), now.Add(-maxAge-time.Second))},
		"proved never": {proof: proved(of("me", now, now), time.Time{})},
		"expired":      {err: fmt.Errorf("checked: %w", ErrExpired)},
		"foreign":      {err: ErrForeign},
		"unknown":      {err: problem.ProviderFailed.New("No keys.")},
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
		"a moment too late":      {"refreshed", "other", "proof-refused", []string{"id_token"}},
		"without a nonce":        {"no nonce", "other", "proof-refused", []string{"id_token"}},
		"a nonce without a date": {"bare nonce", "other", "proof-refused", []string{"id_token"}},
		"the date of another":    {"another's", "other", "proof-refused", []string{"id_token"}},
		"proved in time":         {"proved", "other", "", nil},
		"proved too early":       {"proved long", "other", "proof-refused", []string{"id_token"}},
		"proved, but when":       {"proved never", "other", "proof-refused", []string{"id_token"}},
		"somebody else":          {"other", "other", "proof-refused", []string{"id_token"}},
		"both bad":               {"expired", "foreign", "proof-refused", []string{"id_token", "link_id_token"}},
		"the second bad":         {"mine", "expired", "proof-refused", []string{"link_id_token"}},
		"no telling":             {"unknown", "other", "provider-failed", nil},
		"no telling, though bad": {"expired", "unknown", "provider-failed", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			subject, err := proofs{&tt.user, &tt.other}.check(t.Context(), provider, sealer, "me", now)
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
