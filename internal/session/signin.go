package session

import (
	"context"
	"time"

	"usher/internal/limits"
)

// AuthorizationEndpoint is the provider's authorization endpoint.
type AuthorizationEndpoint interface {
	// AuthorizationURL returns the URL at which the browser signs in.
	AuthorizationURL(context.Context, Authorization) (string, error)
}

// Provider finishes sign-ins at the provider.
type Provider interface {
	// Issuer returns the expected issuer of authorization responses (RFC 9207).
	Issuer(context.Context) (string, error)
	// Redeem exchanges a code for tokens, without retries, and checks the ID token. It
	// fails with code-refused or id-token-invalid, or with a provider error.
	Redeem(context.Context, Redemption) (SignIn, error)
	// HasIdentity reports whether a user has an identity in the connection. It calls the
	// provider at most once, and only if the user's ID does not show it.
	HasIdentity(ctx context.Context, user limits.UserID, connection string) (bool, error)
}

// Authorization is an authorization request (RFC 6749, section 4.1.1; OpenID Connect Core,
// section 3.1.2.1). Empty fields are omitted.
type Authorization struct {
	State       string
	Nonce       string
	Verifier    string // PKCE code verifier (RFC 7636); only its challenge is sent
	RedirectURI string
	Connection  string
	ScreenHint  string
	LoginHint   string
	Prompt      string
	UILocales   string
	MFA         bool // request both factors, even if the user has a session
}

// Redemption is a token request with an authorization code.
type Redemption struct {
	Code        string
	Nonce       string // the expected nonce of the ID token, without its date
	Verifier    string
	RedirectURI string
}

// SignIn is the result of a finished sign-in.
type SignIn struct {
	Account        Account        `json:"account"`
	Tokens         Tokens         `json:"tokens"`
	Authentication Authentication `json:"authentication"`
	ReturnTo       string         `json:"return_to,omitempty"`
}

// Account is the user as described by the ID token: a subset of the members of
// GET /users/{id}.
type Account struct {
	ID            string     `json:"id"`
	Email         string     `json:"email,omitempty"`
	EmailVerified *bool      `json:"email_verified,omitempty"`
	Username      string     `json:"username,omitempty"`
	PhoneNumber   string     `json:"phone_number,omitempty"`
	PhoneVerified *bool      `json:"phone_verified,omitempty"`
	Name          string     `json:"name,omitempty"`
	GivenName     string     `json:"given_name,omitempty"`
	FamilyName    string     `json:"family_name,omitempty"`
	Nickname      string     `json:"nickname,omitempty"`
	Picture       string     `json:"picture,omitempty"`
	UpdatedAt     *time.Time `json:"updated_at,omitempty"`
}

// Tokens is the provider's token response (RFC 6749, section 5.1).
type Tokens struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token,omitempty"` // always present after a sign-in
	RefreshToken string `json:"refresh_token,omitempty"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	Scope        string `json:"scope"`
}

// Authentication describes how and when the user authenticated.
type Authentication struct {
	MFA     bool       `json:"mfa"`
	Methods []string   `json:"methods"` // the ID token's "amr" (RFC 8176); empty without the claim
	Time    *time.Time `json:"time"`    // the ID token's "auth_time"; null without the claim
}
