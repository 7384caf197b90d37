package provider

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// ClientID is the client ID of the service's application.
const ClientID = "usher-bench"

const keyID = "bench"

func (p *Provider) keySet() []byte {
	key := jose.JSONWebKey{Key: p.key.Public(), KeyID: keyID, Use: "sig", Algorithm: string(jose.RS256)}
	body, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key}}) // an RSA key can be encoded
	return body
}

// SignIn signs a user in, and returns a code that can be redeemed any number of times within an hour.
func (p *Provider) SignIn(nonce string) (code string, err error) {
	signing := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: keyID}}
	signer, err := jose.NewSigner(signing, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("sign an ID token: %w", err)
	}
	now := time.Now()
	idToken, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": p.URL() + "/", "sub": UserID, "aud": ClientID, "nonce": nonce,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "auth_time": now.Unix(),
		"email": Email, "email_verified": true, "name": "Grace Hopper", "nickname": "user01", "given_name": "Grace",
		"family_name": "Hopper", "picture": "https://example.com/picture.png", "updated_at": "2024-05-31T09:01:03.007Z",
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign an ID token: %w", err)
	}
	answer, err := json.Marshal(map[string]any{
		"access_token": strings.Repeat("access-token", 20), "refresh_token": strings.Repeat("refresh", 6), "id_token": idToken,
		"token_type": "Bearer", "expires_in": 86400, "scope": "openid profile email offline_access",
	})
	if err != nil {
		return "", fmt.Errorf("sign a user in: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code = fmt.Sprintf("code-%030d", len(p.grants))
	p.grants[code] = answer
	return code, nil
}
