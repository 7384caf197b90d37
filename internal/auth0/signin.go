package auth0

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/oauth2"

	"usher/internal/nonce"
	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
)

// SignIn implements session.Provider.
type SignIn struct{ client *Client }

// SignIn returns the access to the tenant's sign-in.
func (c *Client) SignIn() SignIn { return SignIn{client: c} }

func (s SignIn) grant(c secrets.Credentials, redirectURI string) *oauth2.Config {
	return &oauth2.Config{
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret,
		RedirectURL:  redirectURI,
		Scopes:       s.client.opts.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:   c.BaseURL() + "/authorize",
			TokenURL:  c.BaseURL() + "/oauth/token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// acrMFA is the authentication context that requests a second factor. A tenant honours it
// only with an Action (deploy/auth0).
const acrMFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// AuthorizationURL returns the URL where the browser signs in. It makes no call.
func (s SignIn) AuthorizationURL(ctx context.Context, a session.Authorization) (string, error) {
	c, err := s.client.opts.Credentials.Current(ctx)
	if err != nil {
		return "", err
	}
	params := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.Verifier)}
	for name, value := range map[string]string{
		"nonce":       a.Nonce,
		"audience":    s.client.opts.Audience,
		"connection":  a.Connection,
		"screen_hint": a.ScreenHint,
		"login_hint":  a.LoginHint,
		"prompt":      a.Prompt,
		"ui_locales":  a.UILocales,
	} {
		if value != "" {
			params = append(params, oauth2.SetAuthURLParam(name, value))
		}
	}
	if a.MFA {
		params = append(params, oauth2.SetAuthURLParam("acr_values", acrMFA), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return s.grant(c, a.RedirectURI).AuthCodeURL(a.State, params...), nil
}

// Issuer returns the tenant's issuer identifier.
func (s SignIn) Issuer(ctx context.Context) (string, error) {
	c, err := s.client.opts.Credentials.Current(ctx)
	return issuer(c), err
}

func issuer(c secrets.Credentials) string { return c.BaseURL() + "/" }

// Redeem exchanges the code for tokens; see session.Provider.
func (s SignIn) Redeem(ctx context.Context, r session.Redemption) (session.SignIn, error) {
	token, c, err := s.client.signIn.ask(ctx, func(c secrets.Credentials) (*oauth2.Token, error) {
		return s.exchange(ctx, c, r)
	})
	if err != nil {
		return session.SignIn{}, exchangeProblem(err, c)
	}
	return s.verified(ctx, c, token, r.Nonce)
}

func (s SignIn) exchange(ctx context.Context, c secrets.Credentials, r session.Redemption) (*oauth2.Token, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.client.plain)
	token, err := s.grant(c, r.RedirectURI).Exchange(ctx, r.Code, oauth2.VerifierOption(r.Verifier))
	if err != nil {
		return nil, fmt.Errorf("redeem the code: %w", oauthError(err))
	}
	return token, nil
}

func exchangeProblem(err error, c secrets.Credentials) error {
	switch {
	case failureIn(err).Code == "invalid_grant":
		const detail = "The code is wrong, has expired, or was used before. Start the sign-in again."
		return problem.CodeRefused.Wrap(err, detail)
	case refusesClient(err):
		return credentialsRefused(err, c.Domain, "sign-in", c.ClientID)
	case failureIn(err).isRefusal():
		return problem.CodeRefused.Wrap(err, "The identity provider refused the code. Start the sign-in again.")
	}
	return providerProblem(err)
}

// verified checks the ID token (OpenID Connect Core, section 3.1.3.7) and returns the sign-in.
func (s SignIn) verified(ctx context.Context, c secrets.Credentials, token *oauth2.Token, bare string) (session.SignIn, error) {
	raw, _ := token.Extra("id_token").(string)
	checked, err := s.client.verifyIDToken(ctx, c, raw)
	if err != nil {
		return session.SignIn{}, err
	}
	if subtle.ConstantTimeCompare([]byte(nonce.Bare(checked.nonce)), []byte(bare)) != 1 {
		return session.SignIn{}, invalidIDToken(errors.New("its nonce is not from this sign-in"))
	}
	scope, ok := token.Extra("scope").(string)
	if !ok { // absent if it equals the requested scope (RFC 6749, section 5.1)
		scope = strings.Join(s.client.opts.Scopes, " ")
	}
	return session.SignIn{
		Account:        checked.account(),
		Authentication: checked.authentication(s.client.opts.Now()),
		Tokens: session.Tokens{
			AccessToken:  token.AccessToken,
			IDToken:      raw,
			RefreshToken: token.RefreshToken,
			TokenType:    token.Type(),
			ExpiresIn:    token.ExpiresIn,
			Scope:        scope,
		},
	}, nil
}
