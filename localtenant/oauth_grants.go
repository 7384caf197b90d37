package localtenant

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const codeTTL = time.Minute

// grant is what a user allowed an application to have: behind a code until it is
// redeemed, behind a refresh token after that.
type grant struct {
	clientID      string
	userID        string
	sessionID     string
	scopes        []string
	audience      string
	nonce         string
	redirectURI   string
	challenge     string // PKCE, S256
	authTime      time.Time
	wantsAuthTime bool
	methods       []string // amr
	expires       time.Time
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// authorizationCode redeems a code. It is gone whatever comes of it.
func (t *Tenant) authorizationCode(c *client, in url.Values) (map[string]any, error) {
	code := in.Get("code")
	if code == "" {
		return nil, invalidRequest("Missing required parameter: code")
	}
	g, ok := t.codes[code]
	delete(t.codes, code)
	if !ok || g.clientID != c.ID || !t.now().Before(g.expires) {
		return nil, refused("invalid_grant", "Invalid authorization code")
	}
	if uri := in.Get("redirect_uri"); uri != g.redirectURI {
		return nil, refused("invalid_grant", "The redirect URI is wrong. You sent %s, and we expected %s", uri, g.redirectURI)
	}
	if err := checkVerifier(g.challenge, in.Get("code_verifier")); err != nil {
		return nil, err
	}
	body, err := t.userTokens(c, g)
	if err != nil {
		return nil, err
	}
	if g.has("offline_access") {
		body["refresh_token"] = t.newRefreshToken(c, g, "")
	}
	return body, nil
}

func checkVerifier(challenge, verifier string) error {
	if challenge == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	if subtle.ConstantTimeCompare([]byte(got), []byte(challenge)) != 1 {
		return refused("invalid_grant", "Failed to verify code verifier")
	}
	return nil
}

// refreshToken is a token that gets new ones. A family are those that came of
// one sign-in by rotation.
type refreshToken struct {
	id      string
	family  string
	grant   grant
	created time.Time
	used    time.Time
	expires time.Time
	spent   bool // rotated away; its return is a theft

	rotating  bool
	ip, agent string // of the sign-in
	metadata  map[string]any
}

func (t *Tenant) newRefreshToken(c *client, g *grant, family string) string {
	now := t.now()
	value := "v1." + randomID(60)
	rt := &refreshToken{
		id: objectID(now)[:20], family: family, grant: *g,
		created: now, expires: c.RefreshTokenLifetime.after(now), rotating: c.RotateRefreshTokens,
	}
	if s, ok := t.sessions[g.sessionID]; ok {
		rt.ip, rt.agent = s.ip, s.agent
	}
	if family == "" {
		rt.family = rt.id
	}
	t.refresh[value] = rt
	return value
}

// refreshGrant gives new tokens for a refresh token.
func (t *Tenant) refreshGrant(c *client, in url.Values) (map[string]any, error) {
	value := in.Get("refresh_token")
	if value == "" {
		return nil, invalidRequest("Missing required parameter: refresh_token")
	}
	rt, ok := t.refresh[value]
	unknown := refused("invalid_grant", "Unknown or invalid refresh token.")
	if !ok || rt.grant.clientID != c.ID || !t.now().Before(rt.expires) {
		return nil, unknown
	}
	if rt.spent {
		// The holder of the newest may be the thief.
		t.endRefreshTokens(func(x *refreshToken) bool { return x.family == rt.family })
		return nil, unknown
	}
	g := rt.grant
	if !t.settings.RepeatNonce {
		g.nonce = "" // a nonce is of the sign-in
	}
	if s := in.Get("scope"); s != "" {
		asked := strings.Fields(s)
		g.scopes = slices.DeleteFunc(slices.Clone(g.scopes), func(s string) bool { return !slices.Contains(asked, s) })
	}
	body, err := t.userTokens(c, &g)
	if err != nil {
		return nil, unknown
	}
	rt.used = t.now()
	if c.RotateRefreshTokens {
		rt.spent = true
		body["refresh_token"] = t.newRefreshToken(c, &rt.grant, rt.family)
	}
	return body, nil
}

// revokeToken serves POST /oauth/revoke. A token that is not there is no error.
func (t *Tenant) revokeToken(w http.ResponseWriter, r *http.Request) error {
	in, err := form(r)
	if err != nil {
		return err
	}
	c, err := t.authenticate(r, in)
	if err != nil {
		return err
	}
	value := in.Get("token")
	if value == "" {
		return invalidRequest("Missing required parameter: token")
	}
	// Revoking one revokes the grant: those that it was rotated into go too.
	if rt, ok := t.refresh[value]; ok && rt.grant.clientID == c.ID {
		t.endRefreshTokens(func(x *refreshToken) bool { return x.family == rt.family })
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
