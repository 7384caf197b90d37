package auth0

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"usher/internal/secrets"
	"usher/internal/session"
)

// clockSkew is how far the provider's clock may be ahead of ours.
const clockSkew = time.Minute

// tokenClaims are what ID tokens and access tokens say of themselves.
type tokenClaims struct {
	Subject       string          `json:"sub"`
	Scope         string          `json:"scope"`
	AuthorizedFor string          `json:"azp"`
	ClientID      string          `json:"client_id"` // in place of azp (RFC 9068, section 2.2)
	Expiry        float64         `json:"exp"`       // Unix seconds, as the next two
	IssuedAt      float64         `json:"iat"`
	NotBefore     float64         `json:"nbf"`
	Events        json.RawMessage `json:"events"` // a logout token's, never an ID token's
}

// Introspect checks a token; see session.Introspector.
func (t Tokens) Introspect(ctx context.Context, raw string) (session.Introspection, error) {
	c, err := t.client.opts.Credentials.Current(ctx)
	if err != nil {
		return session.Introspection{}, err
	}
	keys := &tellingKeys{set: t.client.signingKeys(c)}
	verifier := oidc.NewVerifier(issuer(c), keys, &oidc.Config{
		SkipClientIDCheck:    true, // the audience is looked at below
		SupportedSigningAlgs: []string{oidc.RS256},
		Now:                  t.client.opts.Now,
	})
	token, err := verifier.Verify(ctx, raw)
	if keys.failure != nil {
		return session.Introspection{}, keysProblem(keys.failure)
	}
	if err != nil {
		return session.Introspection{}, nil //nolint:nilerr // it is an answer, not an error
	}
	var said tokenClaims
	readable := token.Claims(&said) == nil
	if !readable || !said.timely(t.client.opts.Now()) || said.Subject == "" {
		return session.Introspection{}, nil
	}
	use := t.useOf(c, raw, token.Audience, said)
	if use == "" {
		return session.Introspection{}, nil
	}
	return introspection(use, token, said), nil
}

// timely is stricter than go-oidc: a token ends when it says, not a second
// later, and was not issued in the future.
func (s tokenClaims) timely(now time.Time) bool {
	at := func(seconds float64) time.Time { return time.Unix(int64(seconds), 0) }
	latest := now.Add(clockSkew)
	return now.Before(at(s.Expiry)) && s.IssuedAt > 0 && !at(s.IssuedAt).After(latest) && !at(s.NotBefore).After(latest)
}

// useOf tells by audience and type what a token is for; "" is nothing of ours.
// An ID token for several audiences names ours as its authorized party
// (OpenID Connect Core, section 3.1.3.7).
func (t Tokens) useOf(c secrets.Credentials, raw string, audience []string, said tokenClaims) string {
	kind := typeOf(raw)
	ours := said.AuthorizedFor == c.ClientID || said.AuthorizedFor == "" && len(audience) == 1
	api := t.client.opts.Audience
	switch {
	case slices.Contains(audience, c.ClientID):
		if ours && said.Events == nil && slices.Contains([]string{"", "jwt"}, kind) {
			return session.UseIDToken
		}
	case api != "" && slices.Contains(audience, api):
		if slices.Contains([]string{"", "jwt", "at+jwt", "application/at+jwt"}, kind) {
			return session.UseAccessToken
		}
	}
	return ""
}

// typeOf is the header's "typ" (RFC 7515, section 4.1.9), in lower case. The
// signature is checked by then.
func typeOf(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	var header struct {
		Type string `json:"typ"`
	}
	if text, err := base64.RawURLEncoding.DecodeString(head); err != nil || json.Unmarshal(text, &header) != nil {
		return "none"
	}
	return strings.ToLower(header.Type)
}

func introspection(use string, token *oidc.IDToken, said tokenClaims) session.Introspection {
	out := session.Introspection{
		Active:    true,
		Use:       use,
		Subject:   said.Subject,
		Issuer:    token.Issuer,
		Audience:  token.Audience,
		ExpiresAt: int64(said.Expiry),
		IssuedAt:  int64(said.IssuedAt),
		NotBefore: int64(said.NotBefore),
		Scope:     said.Scope,
		ClientID:  firstOf(said.AuthorizedFor, said.ClientID),
	}
	if use == session.UseAccessToken {
		out.TokenType = "Bearer"
	}
	return out
}
