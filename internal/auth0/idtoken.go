package auth0

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/internal/problem"
	"usher/internal/secrets"
	"usher/internal/session"
	"usher/internal/skew"
)

// verifyIDToken checks an ID token (OpenID Connect Core, section 3.1.3.7), except for its nonce,
// which the caller checks. It fails with id-token-invalid, or with a problem of the keys.
func (c *Client) verifyIDToken(ctx context.Context, credentials secrets.Credentials, raw string) (signedToken, error) {
	token, err := c.readToken(ctx, credentials, raw)
	if err == nil {
		err = token.isForUs(credentials.ClientID)
	}
	if err == nil {
		err = token.timely(c.opts.Now())
	}
	switch {
	case problem.IsProblem(err):
		return signedToken{}, err
	case err != nil:
		return signedToken{}, invalidIDToken(err)
	}
	return token, nil
}

func invalidIDToken(cause error) error {
	const detail = "The identity provider's ID token failed a check. Start the sign-in again."
	return problem.IDTokenInvalid.Wrap(fmt.Errorf("check the ID token: %w", cause), detail)
}

// isForUs returns an error unless the token is an ID token for the application. The issuer signs other
// tokens with the same keys for the same audience. A logout token has the claim events (OpenID Connect
// Back-Channel Logout, section 2.4). An access token has its own type (RFC 9068, section 2.1).
func (t signedToken) isForUs(clientID string) error {
	switch {
	case t.kind != "" && t.kind != "jwt":
		return errors.New("it is a token of another type")
	case t.claims.has("events"):
		return errors.New("it has the claim events")
	case !slices.Contains(t.audience, clientID):
		return errors.New("it is for another audience")
	case t.party != "" && t.party != clientID, t.party == "" && len(t.audience) > 1:
		return errors.New("its authorized party is another application")
	}
	return nil
}

// account returns the user in an ID token.
func (t signedToken) account() session.Account {
	text := func(name string) string {
		value, _ := t.claims.text(name)
		return value
	}
	return session.Account{
		ID:            t.subject,
		Email:         text("email"),
		EmailVerified: t.claims.truth("email_verified"),
		Username:      text("preferred_username"),
		PhoneNumber:   text("phone_number"),
		PhoneVerified: t.claims.truth("phone_number_verified"),
		Name:          text("name"),
		GivenName:     text("given_name"),
		FamilyName:    text("family_name"),
		Nickname:      text("nickname"),
		Picture:       text("picture"),
		UpdatedAt:     t.claims.date("updated_at"),
	}
}

// authentication returns the sign-in in an ID token. An unreadable claim proves no second factor.
func (t signedToken) authentication(now time.Time) session.Authentication {
	methods, _ := t.claims.texts("amr")
	a := session.Authentication{MFA: slices.Contains(methods, "mfa"), Methods: append([]string{}, methods...)}
	if at, ok := t.authTime(now); ok {
		a.Time = &at
	}
	return a
}

// authTime returns the time of authentication. A time in the future and zero are invalid.
func (t signedToken) authTime(now time.Time) (time.Time, bool) {
	at, ok := t.claims.moment("auth_time")
	if !ok || at.Unix() == 0 || at.After(now.Add(skew.Limit)) {
		return time.Time{}, false
	}
	return at, true
}
