package identities

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"usher/internal/httpapi"
	"usher/internal/nonce"
	"usher/internal/problem"
	"usher/internal/valid"
)

const (
	// maxAge is how long an ID token proves that somebody has just signed in.
	maxAge = 10 * time.Minute

	// maxBegun is how long before that the sign-in may have been begun: it is given
	// ten minutes itself.
	maxBegun = 20 * time.Minute
)

// Proof is what an ID token shows: who signed in, and when it was issued, which may be
// long after. A refreshed one is issued later; the date of its nonce is the sign-in's.
type Proof struct {
	Subject  string
	IssuedAt time.Time
	Nonce    string
	ProvedAt *time.Time // when the user proved who they are (auth_time); nil where it does not say, zero where it cannot be read
}

// Why an ID token proves nothing.
var (
	ErrExpired = errors.New("the ID token has expired")
	ErrForeign = errors.New("the ID token is not for this application")
)

// Prover checks an ID token's signature, issuer, audience and expiry. It fails
// with ErrExpired or ErrForeign, or with a problem where it could not tell.
type Prover interface {
	Proof(ctx context.Context, idToken string) (Proof, error)
}

// proofs are the two ID tokens of a request.
type proofs struct {
	IDToken     *string `json:"id_token"`      // of the user
	LinkIDToken *string `json:"link_id_token"` // of the account to link
}

// malformed refuses texts that are not JWTs.
func (p proofs) malformed() error {
	var faults valid.Faults
	rule := valid.When(isJWT, "is not a JWT")
	faults.Require("id_token", p.IDToken, rule)
	faults.Require("link_id_token", p.LinkIDToken, rule)
	return faults.Err()
}

// isJWT checks the form only (RFC 7519, section 7.2).
func isJWT(text string) bool {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return false
	}
	for i, part := range parts {
		decoded, err := base64.RawURLEncoding.DecodeString(part)
		var object map[string]json.RawMessage
		if err != nil || len(decoded) == 0 || i < 2 && json.Unmarshal(decoded, &object) != nil {
			return false
		}
	}
	return true
}

// check finds out whose account is to be linked to the user's. It gathers all
// that is wrong with either proof.
func (p proofs) check(ctx context.Context, prover Prover, sealer httpapi.Sealer, userID string, now time.Time) (subject string, err error) {
	var wrong []problem.Field
	user, fault, err := proven(ctx, prover, sealer, *p.IDToken, now)
	if err != nil {
		return "", err
	}
	if fault == "" && user.Subject != userID {
		fault = "is another user's"
	}
	if fault != "" {
		wrong = append(wrong, problem.Field{Field: "id_token", Detail: fault})
	}
	other, fault, err := proven(ctx, prover, sealer, *p.LinkIDToken, now)
	if err != nil {
		return "", err
	}
	if fault != "" {
		wrong = append(wrong, problem.Field{Field: "link_id_token", Detail: fault})
	}
	if len(wrong) > 0 {
		return "", problem.ProofRefused.New("Nothing was linked: "+wrong[0].Field+" "+wrong[0].Detail+".", wrong...)
	}
	return other.Subject, nil
}

func proven(ctx context.Context, prover Prover, sealer httpapi.Sealer, token string, now time.Time) (proof Proof, fault string, err error) {
	proof, err = prover.Proof(ctx, token)
	switch {
	case errors.Is(err, ErrExpired):
		return Proof{}, "has expired", nil
	case errors.Is(err, ErrForeign):
		return Proof{}, "is not an ID token of a sign-in here", nil
	case err != nil:
		return Proof{}, "", err
	case now.Sub(proof.IssuedAt) > maxAge:
		return Proof{}, "was issued more than 10 minutes ago", nil
	case proof.ProvedAt != nil && now.Sub(*proof.ProvedAt) > maxAge:
		return Proof{}, "is of a user who has not signed in again in the last 10 minutes", nil
	}
	begun, err := nonce.Date(ctx, sealer, proof.Nonce)
	switch {
	case errors.Is(err, nonce.ErrNotOurs):
		return Proof{}, "is not of a sign-in that was begun here", nil
	case err != nil:
		return Proof{}, "", err
	case now.Sub(begun) > maxBegun:
		return Proof{}, "is of a sign-in that was begun more than 20 minutes ago", nil
	}
	return proof, "", nil
}
