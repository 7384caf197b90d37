package session

import (
	"context"
	"net/http"
	"regexp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Introspection is an introspection response (RFC 7662, section 2.2). If the token is not
// active, all other members are empty.
type Introspection struct {
	Active    bool     `json:"active"`
	Use       string   `json:"use,omitempty"` // UseIDToken or UseAccessToken
	Subject   string   `json:"sub,omitempty"`
	Issuer    string   `json:"iss,omitempty"`
	Audience  []string `json:"aud,omitempty"`
	ExpiresAt int64    `json:"exp,omitempty"` // Unix seconds, like the next two
	IssuedAt  int64    `json:"iat,omitempty"`
	NotBefore int64    `json:"nbf,omitempty"`
	Scope     string   `json:"scope,omitempty"`
	ClientID  string   `json:"client_id,omitempty"`
	TokenType string   `json:"token_type,omitempty"`
}

// The uses of a token.
const (
	UseIDToken     = "id_token"
	UseAccessToken = "access_token"
)

// Introspector checks signed tokens.
type Introspector interface {
	// Introspect checks the signature, issuer, audience and times. A token that fails one
	// of these checks is inactive, not an error. It fails only with provider errors.
	Introspect(ctx context.Context, token string) (Introspection, error)
}

const maxToken = 16 << 10 // bytes

// signedToken matches a JWS in compact serialization (RFC 7515, section 7.1). Any other
// token is opaque: encrypted or a reference.
var signedToken = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`)

// Introspect serves POST /introspect.
func Introspect(provider Introspector) api.Operation {
	return api.Operation{
		Name:        "introspect",
		Routes:      []string{"POST /introspect"},
		Permissions: []permission.Name{permission.SignIn},
		Urgent:      true,
		NoToken:     true,
		ChecksToken: true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body struct {
				Token string `json:"token"`
			}
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			if fault := token(maxToken)(body.Token); fault != "" {
				return problem.Invalid("token", fault)
			}
			if !signedToken.MatchString(body.Token) {
				return problem.OpaqueToken.New("token: is not a signed JWT, so only the provider can read it.",
					problem.Field{Field: "token", Detail: "is opaque"})
			}
			found, err := provider.Introspect(r.Context(), body.Token)
			if err != nil {
				return err
			}
			if found.Active {
				if _, err := c.FrontEnd.CheckTokensOf(r.Context(), found.Subject); err != nil {
					return err
				}
			}
			return httpapi.JSON(w, http.StatusOK, found)
		},
	}
}
