package localtenant

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// token serves POST /oauth/token.
func (t *Tenant) token(w http.ResponseWriter, r *http.Request) error {
	in, err := form(r)
	if err != nil {
		return err
	}
	grantType := in.Get("grant_type")
	if grantType == "" {
		return invalidRequest("Missing required parameter: grant_type")
	}
	redeem, ok := map[string]func(*client, url.Values) (map[string]any, error){
		"client_credentials": t.clientCredentials,
		"authorization_code": t.authorizationCode,
		"refresh_token":      t.refreshGrant,
	}[grantType]
	if !ok {
		return refused("unsupported_grant_type", "Unsupported grant type: %s", grantType)
	}
	c, err := t.authenticate(r, in)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Grants, grantType) {
		return refused("unauthorized_client", "Grant type '%s' not allowed for the client.", grantType)
	}
	body, err := redeem(c, in)
	if err != nil {
		return err
	}
	t.stats.count(func(s *Stats) { s.Tokens++ })
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	return writeJSON(w, http.StatusOK, body)
}

// clientCredentials issues an application's own token, for the Management API or
// for another one. What scopes are asked for is ignored: it holds all that the
// application was granted.
func (t *Tenant) clientCredentials(c *client, in url.Values) (map[string]any, error) {
	audience := in.Get("audience")
	scopes, lifetime := c.granted[audience], c.AccessTokenLifetime
	switch {
	case audience == t.Audience():
		scopes, lifetime = c.Scopes, c.ManagerTokenLifetime
	case audience == "":
		return nil, refused("access_denied",
			"No audience parameter was provided, and no default audience has been configured")
	case !slices.Contains(t.opts.Audiences, audience):
		return nil, refused("access_denied", "Service not found: %s", audience)
	}
	if len(scopes) == 0 {
		return nil, refused("access_denied",
			"Client is not authorized to access %q. You need to create a \"client-grant\" associated to this API. "+
				"See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants", audience)
	}
	now := t.now()
	scope := strings.Join(scopes, " ")
	token, err := t.sign(map[string]any{
		"iss": t.Issuer(), "sub": c.ID + "@clients", "aud": audience, "azp": c.ID, "gty": "client-credentials",
		"scope": scope, "iat": now.Unix(), "exp": lifetime.after(now).Unix(),
		"jti": randomID(22), // two tokens of the same second must differ
	})
	if err != nil {
		return nil, err
	}
	if audience == t.Audience() {
		t.issued = append(t.issued, token)
	}
	return map[string]any{
		"access_token": token, "token_type": "Bearer", "scope": scope, "expires_in": lifetime.seconds(),
	}, nil
}

// userTokens issues the tokens of a sign-in.
func (t *Tenant) userTokens(c *client, g *grant) (map[string]any, error) {
	u, ok := t.users.get(g.userID)
	if !ok || u.blocked() {
		return nil, refused("invalid_grant", "Unknown or blocked user.")
	}
	access, err := t.accessToken(c, g)
	if err != nil {
		return nil, err
	}
	body := map[string]any{
		"access_token": access, "token_type": "Bearer", "scope": strings.Join(g.scopes, " "),
		"expires_in": c.AccessTokenLifetime.seconds(),
	}
	if g.has("openid") {
		id, err := t.sign(t.oddClaims(t.idClaims(c, g, u)))
		if err != nil {
			return nil, err
		}
		body["id_token"] = id
	}
	return body, nil
}

// accessToken is opaque where it is for /userinfo only, and a JWT for an API.
func (t *Tenant) accessToken(c *client, g *grant) (string, error) {
	now := t.now()
	if g.audience == "" || g.audience == t.opts.BaseURL+"/userinfo" {
		token := randomID(64)
		t.access[token] = &accessToken{g.userID, g.scopes, c.AccessTokenLifetime.after(now)}
		return token, nil
	}
	return t.sign(map[string]any{
		"iss": t.Issuer(), "sub": g.userID, "aud": []string{g.audience, t.opts.BaseURL + "/userinfo"}, "azp": c.ID,
		"scope": strings.Join(g.scopes, " "), "iat": now.Unix(), "exp": c.AccessTokenLifetime.after(now).Unix(),
	})
}

// accessToken is what an opaque token stands for.
type accessToken struct {
	userID  string
	scopes  []string
	expires time.Time
}

// idClaims are the claims of an ID token.
func (t *Tenant) idClaims(c *client, g *grant, u *user) map[string]any {
	now := t.now()
	out := t.userClaims(u, g.scopes)
	out["iss"], out["aud"], out["sub"] = t.Issuer(), c.ID, u.ID
	out["iat"], out["exp"] = now.Unix(), c.IDTokenLifetime.after(now).Unix()
	out["sid"] = g.sessionID
	if g.nonce != "" {
		out["nonce"] = g.nonce
	}
	if g.wantsAuthTime {
		out["auth_time"] = g.authTime.Unix()
	}
	if len(g.methods) > 0 {
		out["amr"] = g.methods
	}
	return out
}

// userClaims are the claims about a user that scopes give a right to.
func (t *Tenant) userClaims(u *user, scopes []string) map[string]any {
	out := map[string]any{"sub": u.ID}
	profile := u.profile()
	add := func(names ...string) {
		for _, n := range names {
			if v, ok := profile[n]; ok {
				out[n] = v
			}
		}
	}
	if slices.Contains(scopes, "profile") {
		add("name", "nickname", "picture", "given_name", "family_name")
		out["updated_at"] = u.UpdatedAt.Format(timeFormat)
	}
	if slices.Contains(scopes, "email") {
		add("email", "email_verified")
	}
	if slices.Contains(scopes, "phone") && u.PhoneNumber != "" {
		out["phone_number"], out["phone_number_verified"] = u.PhoneNumber, u.PhoneVerified
	}
	return out
}
