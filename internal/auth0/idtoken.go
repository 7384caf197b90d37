package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
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
	keys := &tellingKeys{set: c.keys.of(credentials, c)}
	verifier := oidc.NewVerifier(issuer(credentials), keys, &oidc.Config{
		ClientID:             credentials.ClientID,
		SupportedSigningAlgs: []string{oidc.RS256},
		Now:                  c.opts.Now,
	})
	token, err := verifier.Verify(ctx, raw)
	if keys.failure != nil {
		return claims{}, providerProblem(fmt.Errorf("fetch the signing keys: %w", keys.failure))
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

// tellingKeys keeps what go-oidc would fold into a text: whether a signature is
// wrong, or the keys could not be fetched. Its own text may quote the answer.
type tellingKeys struct {
	set     oidc.KeySet
	failure *Error
}

func (k *tellingKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.set.VerifySignature(ctx, token)
	if err == nil {
		return payload, nil
	}
	errors.As(err, &k.failure)
	return nil, errors.New("no key of the provider's verifies it")
}

// keySets holds the tenant's signing keys, which are fetched when an ID token
// names one that is not known.
type keySets struct {
	mu   sync.Mutex
	base string
	set  oidc.KeySet
}

func (k *keySets) of(credentials secrets.Credentials, c *Client) oidc.KeySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	if base := credentials.BaseURL(); k.set == nil || k.base != base {
		// Never a request's context: the set outlives it.
		ctx := oidc.ClientContext(context.Background(), c.plain)
		k.base, k.set = base, oidc.NewRemoteKeySet(ctx, base+"/.well-known/jwks.json")
	}
	return k.set
}
