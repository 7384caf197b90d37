package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// TokenRule defines by which claims an application's own token differs from a user's token.
// Its zero value selects the rule for Auth0 in package authorizer.
type TokenRule struct {
	Client string // the claim with the client ID
	Claim  string // a claim that only an application's own token has
	Text   string // the value of Claim, in which {client} is replaced by the client ID
}

const clientPlaceholder = "{client}"

// tokenRule matches a rule, such as "client=azp; idtyp=app".
var tokenRule = regexp.MustCompile(`^client=([A-Za-z0-9_]+); ?([A-Za-z0-9_.:/-]+)=([!-:\x3c-~]*)$`)

// clientClaims lists the claims with the client ID. Users' tokens have them, too.
var clientClaims = []string{"client_id", "azp", "cid", "appid"}

// Claims that do not distinguish an application's own token, in lower case.
var (
	// commonClaims have the same values in users' tokens.
	commonClaims = []string{
		"iss", "aud", "exp", "nbf", "iat", "jti", "typ", "ver", "tid", "token_use", "token_type", "acr", "amr", "azpacr",
		"appidacr", "auth_time", "sid",
	}
	// requestedClaims depend on the token request and on granted permissions.
	requestedClaims = []string{"scope", "scp", "roles", "permissions", "groups", "nonce", "state", "act", "may_act"}
	// profileClaims are controlled by users (OpenID Connect Core, section 5.1, and similar claims).
	profileClaims = []string{
		"name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture", "website", "email",
		"email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address",
		"updated_at", "username", "cognito:username", "upn", "unique_name", "login", "login_hint",
		"verified_primary_email", "verified_secondary_email",
	}
)

// serviceAccount is the username of an application's own token from Keycloak.
const serviceAccount = "service-account-" + clientPlaceholder

// ParseTokenRule parses a rule; "" selects the rule for Auth0. It rejects a rule that a
// user's token could fulfill.
func ParseTokenRule(text string) (TokenRule, error) {
	if text == "" {
		return TokenRule{}, nil
	}
	found := tokenRule.FindStringSubmatch(text)
	if found == nil {
		return TokenRule{}, errors.New(`is not of the form "client=CLAIM; CLAIM=TEXT", such as "client=azp; idtyp=app"`)
	}
	rule := TokenRule{Client: found[1], Claim: found[2], Text: found[3]}
	if !slices.Contains(clientClaims, rule.Client) {
		all := strings.Join(clientClaims, ", ")
		return TokenRule{}, fmt.Errorf("names the client by %q, which is not one of %s", rule.Client, all)
	}
	if fault := rule.fault(); fault != "" {
		return TokenRule{}, fmt.Errorf("does not distinguish an application from a user: %s", fault)
	}
	return rule, nil
}

// fault returns why a user's token could fulfill the rule; "" if it cannot.
func (r TokenRule) fault() string {
	claim := strings.ToLower(r.Claim)
	switch {
	case r.Text == "":
		return r.Claim + " is empty"
	case strings.ContainsAny(strings.ReplaceAll(r.Text, clientPlaceholder, ""), "{}"):
		return fmt.Sprintf("%q has a brace outside %s", r.Text, clientPlaceholder)
	case slices.Contains(clientClaims, claim):
		return r.Claim + " names the client in any token"
	case slices.Contains(commonClaims, claim):
		return r.Claim + " is the same in any token"
	case claim == "gty":
		return "gty is not a sufficient proof"
	case slices.Contains(requestedClaims, claim), slices.Contains(profileClaims, claim):
		return r.Claim + " can be chosen by a caller or a user"
	case claim == "sub" && !strings.Contains(r.Text, clientPlaceholder):
		return "sub must be compared with " + clientPlaceholder
	case claim == "preferred_username" && r.Text != serviceAccount:
		return "users choose their preferred_username, so its value must be " + serviceAccount
	}
	return ""
}
