package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
)

// claims are what an ID token says.
type claims struct {
	Subject       string     `json:"sub"`
	Nonce         string     `json:"nonce"`
	AuthorizedFor string     `json:"azp"`
	Email         string     `json:"email"`
	EmailVerified *bool      `json:"email_verified"`
	Username      string     `json:"preferred_username"`
	PhoneNumber   string     `json:"phone_number"`
	PhoneVerified *bool      `json:"phone_number_verified"`
	Name          string     `json:"name"`
	GivenName     string     `json:"given_name"`
	FamilyName    string     `json:"family_name"`
	Nickname      string     `json:"nickname"`
	Picture       string     `json:"picture"`
	UpdatedAt     eitherTime `json:"updated_at"`
	Methods       []string   `json:"amr"`
	AuthTime      float64    `json:"auth_time"` // Unix seconds
	IssuedAt      float64    `json:"iat"`       // Unix seconds
}

// eitherTime is text (RFC 3339), as this provider writes it, or Unix seconds,
// as OpenID Connect Core has it.
type eitherTime struct{ *time.Time }

func (t *eitherTime) UnmarshalJSON(data []byte) error {
	var seconds float64
	if string(data) == "null" {
		return nil
	}
	if json.Unmarshal(data, &seconds) == nil {
		at := time.Unix(int64(seconds), 0).UTC()
		t.Time = &at
		return nil
	}
	return json.Unmarshal(data, &t.Time)
}

func (c claims) account() session.Account {
	return session.Account{
		ID:            c.Subject,
		Email:         c.Email,
		EmailVerified: c.EmailVerified,
		Username:      c.Username,
		PhoneNumber:   c.PhoneNumber,
		PhoneVerified: c.PhoneVerified,
		Name:          c.Name,
		GivenName:     c.GivenName,
		FamilyName:    c.FamilyName,
		Nickname:      c.Nickname,
		Picture:       c.Picture,
		UpdatedAt:     c.UpdatedAt.Time,
	}
}

func (c claims) authentication() session.Authentication {
	a := session.Authentication{MFA: slices.Contains(c.Methods, "mfa"), Methods: c.Methods}
	if a.Methods == nil {
		a.Methods = []string{}
	}
	if c.AuthTime != 0 {
		at := time.Unix(int64(c.AuthTime), 0).UTC()
		a.Time = &at
	}
	return a
}

// verifyIDToken checks signature, algorithm, issuer, audience and expiry, and
// the authorized party where there is one.
func (c *Client) verifyIDToken(ctx context.Context, credentials secrets.Credentials, raw string) (claims, error) {
	if raw == "" {
		return claims{}, invalidIDToken(errors.New("there is none"))
	}
	keys := &tellingKeys{set: c.signingKeys(credentials)}
	verifier := oidc.NewVerifier(issuer(credentials), keys, &oidc.Config{
		ClientID:             credentials.ClientID,
		SupportedSigningAlgs: []string{oidc.RS256},
		Now:                  c.opts.Now,
	})
	token, err := verifier.Verify(ctx, raw)
	if keys.failure != nil {
		return claims{}, keysProblem(keys.failure)
	}
	if err != nil {
		return claims{}, invalidIDToken(err)
	}
	var said claims
	if err := token.Claims(&said); err != nil {
		return claims{}, invalidIDToken(err)
	}
	if said.Subject == "" {
		return claims{}, invalidIDToken(errors.New("it names no subject"))
	}
	if said.AuthorizedFor != "" && said.AuthorizedFor != credentials.ClientID || len(token.Audience) > 1 && said.AuthorizedFor == "" {
		return claims{}, invalidIDToken(errors.New("its authorized party is another application"))
	}
	return said, nil
}

func invalidIDToken(cause error) error {
	return problem.IDTokenInvalid.Wrap(fmt.Errorf("check the ID token: %w", cause), "The identity provider's ID token did not pass its checks. Begin again.")
}
