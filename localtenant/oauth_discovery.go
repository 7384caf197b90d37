package localtenant

import (
	"net/http"
	"slices"
	"strings"
)

// discovery serves the OpenID Connect configuration. It lists what the tenant
// does, not all that a real one would.
func (t *Tenant) discovery(w http.ResponseWriter, _ *http.Request) error {
	base := t.opts.BaseURL
	return writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                t.Issuer(),
		"authorization_endpoint":                base + "/authorize",
		"token_endpoint":                        base + "/oauth/token",
		"userinfo_endpoint":                     base + "/userinfo",
		"jwks_uri":                              base + "/.well-known/jwks.json",
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token", "client_credentials"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"scopes_supported": []string{"openid", "profile", "offline_access", "name", "given_name", "family_name",
			"nickname", "email", "email_verified", "picture", "created_at", "identities", "phone", "address"},
		"claims_supported": []string{"aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name",
			"given_name", "iat", "identities", "iss", "name", "nickname", "phone_number", "picture", "sub"},
		"revocation_endpoint":                            base + "/oauth/revoke",
		"end_session_endpoint":                           base + "/oidc/logout",
		"authorization_response_iss_parameter_supported": t.settings.IssuerInResponse,
		"acr_values_supported":                           []string{acrMFA},
		"request_uri_parameter_supported":                false,
		"request_parameter_supported":                    false,
	})
}

// userinfo serves GET and POST /userinfo.
func (t *Tenant) userinfo(w http.ResponseWriter, r *http.Request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return t.userinfoRefused(w)
	}
	userID, scopes, ok := t.readAccessToken(token)
	u, found := t.users.get(userID)
	if !ok || !found {
		return t.userinfoRefused(w)
	}
	return writeJSON(w, http.StatusOK, t.userClaims(u, scopes))
}

func (t *Tenant) userinfoRefused(w http.ResponseWriter) error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="Users", error="invalid_token"`)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusUnauthorized)
	_, err := w.Write([]byte("Unauthorized"))
	return err
}

// readAccessToken says whose an access token is, opaque or JWT, and what it may.
func (t *Tenant) readAccessToken(token string) (userID string, scopes []string, ok bool) {
	now := t.now()
	if a, found := t.access[token]; found {
		return a.userID, a.scopes, now.Before(a.expires)
	}
	c, err := t.verify(token)
	if err != nil || now.Unix() >= c.Expires || !slices.Contains(c.Audience, t.opts.BaseURL+"/userinfo") {
		return "", nil, false
	}
	return c.Subject, strings.Fields(c.Scope), true
}
