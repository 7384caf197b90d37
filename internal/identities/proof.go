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
	// maxAge is the maximum age of an ID token and of its authentication.
	maxAge = 10 * time.Minute

	// maxBegun is the maximum time since the start of the sign-in: maxAge and the ten
	// minutes that a sign-in may take.
	maxBegun = 20 * time.Minute
)

// Proof holds the claims of an ID token. A refreshed token has a new IssuedAt, but its
// nonce has the date of the sign-in.
type Proof struct {
	Subject  string
	IssuedAt time.Time
	Nonce    string
	ProvedAt *time.Time // the claim auth_time; nil if absent, zero if unreadable
}

// The errors of an ID token that is not a proof.
var (
	ErrExpired = errors.New("the ID token has expired")
	ErrForeign = errors.New("the ID token is not for this application")
)

// Prover checks an ID token's signature, issuer, audience and expiry. It fails with
// ErrExpired or ErrForeign, or with a problem if the check is not possible.
type Prover interface {
	Proof(ctx context.Context, idToken string) (Proof, error)
}

// proofs holds the two ID tokens of a request.
type proofs struct {
	IDToken     *string `json:"id_token"`      // of the user
	LinkIDToken *string `json:"link_id_token"` // of the account to link
}

// checkFormat fails unless both tokens are JWTs.
func (p proofs) checkFormat() error {
	var faults valid.Faults
	rule := valid.When(isJWT, "is not a JWT")
	faults.Require("id_token", p.IDToken, rule)
	faults.Require("link_id_token", p.LinkIDToken, rule)
	return faults.Err()
}

// isJWT checks only the format (RFC 7519, section 7.2).
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

// check checks both tokens and returns the ID of the account to link. It fails with
// proof-refused, which lists the faults of both tokens, or with a provider error.
func (p proofs) check(
	ctx context.Context, prover Prover, sealer httpapi.Sealer, userID string, now time.Time,
) (subject string, err error) {
	var faults []problem.Field
	user, fault, err := checkToken(ctx, prover, sealer, *p.IDToken, now)
	if err != nil {
		return "", err
	}
	if fault == "" && user.Subject != userID {
		fault = "belongs to another user"
	}
	if fault != "" {
		faults = append(faults, problem.Field{Field: "id_token", Detail: fault})
	}
	other, fault, err := checkToken(ctx, prover, sealer, *p.LinkIDToken, now)
	if err != nil {
		return "", err
	}
	if fault != "" {
		faults = append(faults, problem.Field{Field: "link_id_token", Detail: fault})
	}
	if len(faults) > 0 {
		return "", problem.ProofRefused.New("Nothing was linked: "+faults[0].Field+" "+faults[0].Detail+".", faults...)
	}
	return other.Subject, nil
}

func checkToken(
	ctx context.Context, prover Prover, sealer httpapi.Sealer, token string, now time.Time,
) (proof Proof, fault string, err error) {
	proof, err = prover.Proof(ctx, token)
	switch {
	case errors.Is(err, ErrExpired):
		return Proof{}, "has expired", nil
	case errors.Is(err, ErrForeign):
		return Proof{}, "is not a valid ID token of this application", nil
	case err != nil:
		return Proof{}, "", err
	case now.Sub(proof.IssuedAt) > maxAge:
		return Proof{}, "was issued more than 10 minutes ago", nil
	case proof.ProvedAt != nil && now.Sub(*proof.ProvedAt) > maxAge:
		return Proof{}, "belongs to a user who has not authenticated in the last 10 minutes", nil
	}
	begun, err := nonce.Date(ctx, sealer, proof.Nonce)
	switch {
	case errors.Is(err, nonce.ErrNotOurs):
		return Proof{}, "does not belong to a sign-in that this service began", nil
	case err != nil:
		return Proof{}, "", err
	case now.Sub(begun) > maxBegun:
		return Proof{}, "belongs to a sign-in that was begun more than 20 minutes ago", nil
	}
	return proof, "", nil
}
