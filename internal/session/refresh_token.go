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

// Refreshed is the result of a refresh. UserID is "" if the response has no ID token.
type Refreshed struct {
	Tokens Tokens
	UserID string
}

// Refresher exchanges refresh tokens for new tokens.
type Refresher interface {
	// Refresh exchanges a refresh token without retries. Scope "" requests the scopes that
	// were granted before. It fails with refresh-token-refused for any refusal, with
	// id-token-invalid, or with a provider error.
	Refresh(ctx context.Context, token, scope string) (Refreshed, error)
}

const (
	maxRefreshToken = 4 << 10 // bytes
	maxScope        = 1 << 10
)

// scopes matches a list of scopes (RFC 6749, section 3.3).
var scopes = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$`)

// RefreshToken serves POST /token. It never retries after the provider may have received
// the token, since a rotated refresh token works only once.
func RefreshToken(provider Refresher) api.Operation {
	return api.Operation{
		Name:        "refreshtoken",
		Routes:      []string{"POST /token"},
		Permissions: []permission.Name{permission.SignIn},
		Change:      "session.refresh",
		Urgent:      true,
		NoToken:     true,
		ChecksToken: true,
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
			faults.Check("scope", body.Scope,
				valid.When(isScopes, "must be scopes separated by single spaces, with at most 1024 bytes"))
			if err := faults.Err(); err != nil {
				return err
			}
			scope := ""
			if body.Scope != nil {
				scope = *body.Scope
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

func isScopes(text string) bool { return len(text) <= maxScope && scopes.MatchString(text) }

// token is the rule for any token of at most maxBytes bytes. Its faults never quote the
// token.
func token(maxBytes int) valid.Rule {
	return func(text string) string {
		switch {
		case text == "":
			return "is missing"
		case len(text) > maxBytes:
			return "is too long"
		case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
			return "has characters that are not allowed in a token"
		}
		return ""
	}
}
