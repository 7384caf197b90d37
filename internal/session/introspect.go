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

// Introspection is what a token says, in the names of RFC 7662, section 2.2.
// One that is not active says nothing else.
type Introspection struct {
	Active    bool     `json:"active"`
	Use       string   `json:"use,omitempty"` // UseIDToken or UseAccessToken
	Subject   string   `json:"sub,omitempty"`
	Issuer    string   `json:"iss,omitempty"`
	Audience  []string `json:"aud,omitempty"`
	ExpiresAt int64    `json:"exp,omitempty"` // Unix seconds, as the next two
	IssuedAt  int64    `json:"iat,omitempty"`
	NotBefore int64    `json:"nbf,omitempty"`
	Scope     string   `json:"scope,omitempty"`
	ClientID  string   `json:"client_id,omitempty"`
	TokenType string   `json:"token_type,omitempty"`
}

// What a token is for.
const (
	UseIDToken     = "id_token"
	UseAccessToken = "access_token"
)

// Introspector checks signed tokens.
type Introspector interface {
	// Introspect checks the signature, the issuer, the audience and the times.
	// A token that fails in any of them is no error, but not active. It fails
	// only as a failing provider does.
	Introspect(ctx context.Context, token string) (Introspection, error)
}

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 16 << 10

// signedToken is the form of a JWS in compact serialization (RFC 7515, section
// 7.1). A token of another form is opaque: encrypted, or a mere reference.
var signedToken = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`)

// Introspect serves POST /introspect. It changes nothing.
func Introspect(provider Introspector) api.Operation {
	return api.Operation{
		Name:        "introspect",
		Routes:      []string{"POST /introspect"},
		Permissions: []permission.Name{permission.SignIn},
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
				return problem.OpaqueToken.New("token: is not a signed JWT, so that only the provider could tell what it is.",
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
