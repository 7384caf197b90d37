package session

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/valid"
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
			var faults valid.Faults
			faults.Check("refresh_token", &body.RefreshToken, token(maxRefreshToken))
			faults.Check("scope", body.Scope, valid.When(isScopes, "must be scopes with single spaces between, of 1024 bytes at most"))
			if err := faults.Err(); err != nil {
				return err
			}
			asked := ""
			if body.Scope != nil {
				asked = *body.Scope
			}
			refreshed, err := provider.Refresh(r.Context(), body.RefreshToken, asked)
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

func isScopes(text string) bool { return len(text) <= maxScope && scopes.MatchString(text) }

// token is the rule for a token of any form. Its faults never quote the token.
func token(longest int) valid.Rule {
	return func(text string) string {
		switch {
		case text == "":
			return "is missing"
		case len(text) > longest:
			return "is too long"
		case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
			return "has characters that no token has"
		}
		return ""
	}
}
