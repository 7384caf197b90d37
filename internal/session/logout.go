package session

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// SignOut is a logout request (OpenID Connect RP-Initiated Logout 1.0, section
// 2). Empty members are left out.
type SignOut struct {
	RedirectURI string
	IDTokenHint string
	State       string
}

// Exit is the provider's page that signs a browser out.
type Exit interface {
	// LogoutURL is where the browser signs out; it makes no call.
	LogoutURL(context.Context, SignOut) (string, error)
}

const (
	maxHint  = 6 << 10 // bytes; it goes through two URLs, which the gateway bounds
	maxState = 256
)

// Logout serves GET /logout.
func Logout(provider Exit, opts Options) api.Operation {
	return api.Operation{
		Name:        "logout",
		Routes:      []string{"GET /logout"},
		Permissions: []permission.Name{permission.SignIn},
		TakesQuery:  true,
		Handler: func(w http.ResponseWriter, r *http.Request, c api.Call) error {
			request, err := parseLogout(r, c, opts)
			if err != nil {
				return err
			}
			if request.RedirectURI != "" {
				if err := c.FrontEnd.CheckLogoutURI(request.RedirectURI); err != nil {
					return err
				}
			}
			location, err := provider.LogoutURL(r.Context(), request)
			if err != nil {
				return err
			}
			w.Header().Set("Location", location)
			return httpapi.JSON(w, http.StatusFound, struct {
				Location string `json:"location"`
			}{location})
		},
	}
}

func parseLogout(r *http.Request, c api.Call, opts Options) (SignOut, error) {
	q := httpapi.NewQuery(r)
	request := SignOut{
		RedirectURI: q.String("post_logout_redirect_uri"),
		IDTokenHint: q.String("id_token_hint"),
		State:       q.String("state"),
	}
	if uri := request.RedirectURI; uri != "" && !slices.Contains(opts.LogoutURIs, uri) {
		q.Refuse("post_logout_redirect_uri", "is not one of those allowed")
	}
	if hint := request.IDTokenHint; hint != "" && (len(hint) > maxHint || !signedToken.MatchString(hint)) {
		q.Refuse("id_token_hint", "is not an ID token of 6 KiB at most")
	}
	if state := request.State; len(state) > maxState || strings.ContainsFunc(state, unicode.IsControl) {
		q.Refuse("state", "must have 256 bytes at most, and no control characters")
	}
	if own := c.FrontEnd.LogoutURIs(opts.LogoutURIs); request.RedirectURI == "" && len(own) > 0 {
		request.RedirectURI = defaultRedirect(own, r.Host)
	}
	return request, q.Err()
}
