package session

import (
	"context"
	"time"

	"usher/internal/limits"
)

// Authorizer is the provider's half of a sign-in's beginning.
type Authorizer interface {
	// AuthorizationURL is where the browser signs in.
	AuthorizationURL(context.Context, Authorization) (string, error)
}

// Provider is the provider's half of a sign-in's end.
type Provider interface {
	// Issuer is whom authorization responses come from (RFC 9207).
	Issuer(context.Context) (string, error)
	// Redeem trades a code for tokens, once, and checks the ID token. It fails
	// with code-refused, id-token-invalid, and as a failing provider does.
	Redeem(context.Context, Redemption) (SignIn, error)
	// HasIdentity reports whether a user has an account in the connection. It
	// asks the provider, once, where the user's id does not tell.
	HasIdentity(ctx context.Context, user limits.UserID, connection string) (bool, error)
}

// Authorization is an authorization request (RFC 6749, section 4.1.1; OpenID
// Connect Core, section 3.1.2.1). Empty members are left out.
type Authorization struct {
	State       string
	Nonce       string
	Verifier    string // of PKCE (RFC 7636); its challenge is what is sent
	RedirectURI string
	Connection  string
	ScreenHint  string
	LoginHint   string
	Prompt      string
	UILocales   string
	MFA         bool // ask for a second factor, and for the first one anew
}

// Redemption is a token request with an authorization code.
type Redemption struct {
	Code        string
	Nonce       string // that the ID token's is, without its date
	Verifier    string
	RedirectURI string
}

// SignIn is what a finished sign-in gives.
type SignIn struct {
	Account        Account        `json:"account"`
	Tokens         Tokens         `json:"tokens"`
	Authentication Authentication `json:"authentication"`
	ReturnTo       string         `json:"return_to,omitempty"`
}

// Account is the user, with the members that the ID token holds. It is a part
// of what GET /users/{id} answers, and costs no call.
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

// Tokens are the provider's (RFC 6749, section 5.1).
type Tokens struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token,omitempty"` // always there after a sign-in
	RefreshToken string `json:"refresh_token,omitempty"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
	Scope        string `json:"scope"`
}

// Authentication is how the user proved who they are.
type Authentication struct {
	MFA     bool       `json:"mfa"`
	Methods []string   `json:"methods"` // the ID token's "amr" (RFC 8176); empty where it does not say
	Time    *time.Time `json:"time"`    // its "auth_time"; null where it does not say
}
