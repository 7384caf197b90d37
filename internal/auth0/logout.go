package auth0

import (
	"context"
	"net/url"

	"usher/internal/session"
)

// LogoutURL returns the URL where the browser signs out; see session.LogoutEndpoint. The OpenID Connect
// endpoint works in every tenant, even if discovery does not list it. Without a hint it may ask
// the user to confirm (https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0).
func (s SignIn) LogoutURL(ctx context.Context, out session.SignOut) (string, error) {
	c, err := s.client.opts.Credentials.Current(ctx)
	if err != nil {
		return "", err
	}
	query := url.Values{"client_id": {c.ClientID}}
	for name, value := range map[string]string{
		"post_logout_redirect_uri": out.RedirectURI,
		"id_token_hint":            out.IDTokenHint,
		"state":                    out.State,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return c.BaseURL() + "/oidc/logout?" + query.Encode(), nil
}
