package auth0

import (
	"cmp"
	"context"
	"slices"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
)

// Introspect checks a token; see session.Introspector.
func (t Tokens) Introspect(ctx context.Context, raw string) (session.Introspection, error) {
	c, err := t.client.opts.Credentials.Current(ctx)
	if err != nil {
		return session.Introspection{}, err
	}
	token, err := t.client.readToken(ctx, c, raw)
	if problem.IsProblem(err) {
		return session.Introspection{}, err
	}
	if err != nil || token.timely(t.client.opts.Now()) != nil {
		return session.Introspection{}, nil //nolint:nilerr // an inactive token is not an error
	}
	use := t.useOf(c, token)
	if use == "" {
		return session.Introspection{}, nil
	}
	return introspection(use, issuer(c), token), nil
}

// accessTypes are the types of an access token; "" is no type (RFC 9068, section 2.1).
var accessTypes = []string{"", "jwt", "at+jwt", "application/at+jwt"}

// useOf returns a token's use from its audience and type; "" for another service's token.
func (t Tokens) useOf(c secrets.Credentials, token signedToken) string {
	api := t.client.opts.Audience
	switch {
	case slices.Contains(token.audience, c.ClientID):
		if token.isForUs(c.ClientID) == nil {
			return session.UseIDToken
		}
	case api != "" && slices.Contains(token.audience, api):
		areReadable := token.claims.isTextOrNone("scope") && token.claims.isTextOrNone("client_id")
		if areReadable && slices.Contains(accessTypes, token.kind) {
			return session.UseAccessToken
		}
	}
	return ""
}

// isTextOrNone checks the claims that an API relies on in an access token.
func (c claimSet) isTextOrNone(name string) bool {
	_, isText := c.text(name)
	return isText || !c.has(name)
}

func introspection(use, issuer string, token signedToken) session.Introspection {
	scope, _ := token.claims.text("scope")
	clientID, _ := token.claims.text("client_id") // in place of azp (RFC 9068, section 2.2)
	out := session.Introspection{
		Active:    true,
		Use:       use,
		Subject:   token.subject,
		Issuer:    issuer,
		Audience:  token.audience,
		ExpiresAt: token.expiry.Unix(),
		IssuedAt:  token.issuedAt.Unix(),
		Scope:     scope,
		ClientID:  cmp.Or(token.party, clientID),
	}
	if token.claims.has("nbf") {
		out.NotBefore = token.notBefore.Unix()
	}
	if use == session.UseAccessToken {
		out.TokenType = "Bearer"
	}
	return out
}
