package session

import (
	"context"
	"net/http"
	"slices"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
)

// SignOut is a logout request (OpenID Connect RP-Initiated Logout 1.0, section 2). Empty
// fields are omitted.
type SignOut struct {
	RedirectURI string
	IDTokenHint string
	State       string
}

// LogoutEndpoint is the provider's logout endpoint.
type LogoutEndpoint interface {
	// LogoutURL returns the URL that signs the browser out. It makes no network call.
	LogoutURL(context.Context, SignOut) (string, error)
}

// maxHint is the maximum length of an ID token, in bytes. The token is part of two URLs,
// whose length the gateway limits.
const maxHint = 6 << 10

// Logout serves GET /logout.
func Logout(provider LogoutEndpoint, opts Options) api.Operation {
	return api.Operation{
		Name:        "logout",
		Routes:      []string{"GET /logout"},
		Permissions: []permission.Name{permission.SignIn},
		Urgent:      true,
		TakesQuery:  true,
		NoToken:     true,
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
		q.Refuse("post_logout_redirect_uri", "is not one of the allowed URLs")
	}
	if hint := request.IDTokenHint; hint != "" && (len(hint) > maxHint || !signedToken.MatchString(hint)) {
		q.Refuse("id_token_hint", "must be an ID token of at most 6 KiB")
	}
	if !isShortLine(request.State) {
		q.Refuse("state", shortLine)
	}
	if own := c.FrontEnd.LogoutURIs(opts.LogoutURIs); request.RedirectURI == "" && len(own) > 0 {
		request.RedirectURI = defaultRedirect(own, r.Host)
	}
	return request, q.Err()
}
