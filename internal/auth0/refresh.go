package auth0

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
)

// Tokens implements the interfaces of package session for tokens.
type Tokens struct{ client *Client }

// Tokens returns the access to the tenant's tokens.
func (c *Client) Tokens() Tokens { return Tokens{client: c} }

// Refresh exchanges a refresh token; see session.Refresher. It fetches the keys for the ID
// token first, because the refresh token may work only once.
func (t Tokens) Refresh(ctx context.Context, refreshToken, scope string) (session.Refreshed, error) {
	c, err := t.client.opts.Credentials.Current(ctx)
	if err != nil {
		return session.Refreshed{}, err
	}
	if err := t.client.signingKeys(c).Ready(ctx); err != nil {
		return session.Refreshed{}, keysProblem(err)
	}
	token, c, err := t.client.signIn.ask(ctx, func(c secrets.Credentials) (*oauth2.Token, error) {
		return t.exchange(ctx, c, refreshToken, scope)
	})
	if err != nil {
		return session.Refreshed{}, refreshProblem(err, c)
	}
	return t.refreshed(ctx, c, token, scope)
}

// exchange sends a refresh grant (RFC 6749, section 6), which x/oauth2 supports only without a
// scope. The retrier treats it as a write: it repeats nothing that the provider may have processed.
func (t Tokens) exchange(ctx context.Context, c secrets.Credentials, refreshToken, scope string) (*oauth2.Token, error) {
	form := url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {c.ClientID},
		"client_secret": {c.ClientSecret},
		"refresh_token": {refreshToken},
	}
	if scope != "" {
		form.Set("scope", scope)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL()+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := t.client.plain.Do(r)
	if err != nil {
		return nil, fmt.Errorf("refresh tokens: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // the retrier has limited it
	if err != nil {
		return nil, fmt.Errorf("refresh tokens: %w", err)
	}
	token, err := tokenFrom(body)
	if err != nil {
		return nil, fmt.Errorf("refresh tokens: %w", err)
	}
	return token, nil
}

// tokenFrom reads a token response (RFC 6749, sections 5.1 and 5.2).
func tokenFrom(body []byte) (*oauth2.Token, error) {
	var answer struct {
		AccessToken  string      `json:"access_token"`
		IDToken      string      `json:"id_token"`
		RefreshToken string      `json:"refresh_token"`
		TokenType    string      `json:"token_type"`
		ExpiresIn    json.Number `json:"expires_in"` // seconds; may be text
		Scope        string      `json:"scope"`
		Error        string      `json:"error"`
	}
	err := json.Unmarshal(body, &answer)
	seconds, notWhole := answer.ExpiresIn.Int64()
	if err != nil || answer.AccessToken == "" || answer.ExpiresIn != "" && notWhole != nil {
		return nil, &Error{Status: http.StatusBadGateway, Code: bounded(answer.Error), sent: true}
	}
	token := &oauth2.Token{AccessToken: answer.AccessToken, TokenType: answer.TokenType, RefreshToken: answer.RefreshToken, ExpiresIn: seconds}
	return token.WithExtra(map[string]any{"id_token": answer.IDToken, "scope": answer.Scope}), nil
}

// refreshProblem returns the same problem for all refusals: a reused, expired or invalid token.
func refreshProblem(err error, c secrets.Credentials) error {
	switch {
	case refusesClient(err):
		return credentialsRefused(err, c.Domain, "sign-in", c.ClientID)
	case failureIn(err).isRefusal():
		const detail = "The refresh token is unknown, has expired, or was used before. The user has to sign in."
		return problem.RefreshTokenRefused.Wrap(err, detail)
	}
	return providerProblem(err)
}

// refreshed checks the ID token, if there is one (OpenID Connect Core, section 12.2), and
// returns the result. It checks no nonce, which belongs to the sign-in.
func (t Tokens) refreshed(ctx context.Context, c secrets.Credentials, token *oauth2.Token, asked string) (session.Refreshed, error) {
	raw, _ := token.Extra("id_token").(string)
	var whose signedToken
	if raw != "" {
		var err error
		if whose, err = t.client.verifyIDToken(ctx, c, raw); err != nil {
			return session.Refreshed{}, err
		}
	}
	granted, _ := token.Extra("scope").(string)
	return session.Refreshed{UserID: whose.subject, Tokens: session.Tokens{
		AccessToken:  token.AccessToken,
		IDToken:      raw,
		RefreshToken: token.RefreshToken,
		TokenType:    token.Type(),
		ExpiresIn:    token.ExpiresIn,
		// Absent if it equals the requested scope (RFC 6749, section 5.1).
		Scope: cmp.Or(granted, asked, strings.Join(t.client.opts.Scopes, " ")),
	}}, nil
}
