package session

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// Refreshed is what a refresh token was traded for, and whose it is where an
// ID token tells.
type Refreshed struct {
	Tokens Tokens
	UserID string
}

// Refresher trades refresh tokens.
type Refresher interface {
	// Refresh trades one, once; scope "" asks for what was granted before. It
	// fails with refresh-token-refused for whatever reason there is, with
	// id-token-invalid, and as a failing provider does.
	Refresh(ctx context.Context, token, scope string) (Refreshed, error)
}

const (
	maxRefreshToken = 4 << 10 // bytes
	maxScope        = 1 << 10
)

// scopes is the form of a list of scopes (RFC 6749, section 3.3).
var scopes = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$`)

// RefreshToken serves POST /token. A rotated refresh token works once, so nothing
// is sent twice that the provider may have seen.
func RefreshToken(provider Refresher) api.Operation {
	return api.Operation{
		Name:        "refreshtoken",
		Routes:      []string{"POST /token"},
		Permissions: []permission.Name{permission.SignIn},
		Change:      "session.refresh",
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			var body struct {
				RefreshToken string  `json:"refresh_token"`
				Scope        *string `json:"scope"`
			}
			if err := httpapi.Decode(r, &body); err != nil {
				return err
			}
			var wrong []problem.Field
			if fault := faultOfToken(body.RefreshToken, maxRefreshToken); fault != "" {
				wrong = append(wrong, problem.Field{Field: "refresh_token", Detail: fault})
			}
			scope := ""
			if body.Scope != nil {
				scope = *body.Scope
				if len(scope) > maxScope || !scopes.MatchString(scope) {
					wrong = append(wrong, problem.Field{Field: "scope", Detail: "must be scopes with single spaces between, of 1024 bytes at most"})
				}
			}
			if err := problem.InvalidFields(wrong); err != nil {
				return err
			}
			refreshed, err := provider.Refresh(r.Context(), body.RefreshToken, scope)
			if err != nil {
				return err
			}
			httpapi.Concerns(r.Context(), refreshed.UserID)
			if _, err := c.FrontEnd.CheckTokensOf(r.Context(), refreshed.UserID); err != nil {
				return err
			}
			return httpapi.JSON(w, http.StatusOK, refreshed.Tokens)
		},
	}
}

// faultOfToken says what keeps a text from being a token; it never quotes it.
func faultOfToken(token string, longest int) string {
	switch {
	case token == "":
		return "is missing"
	case len(token) > longest:
		return "is too long"
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "has characters that no token has"
	}
	return ""
}
