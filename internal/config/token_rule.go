package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// TokenRule says by which claims an issuer's tokens for applications themselves are told from
// those for users. Its zero value is the rule for Auth0, which the authorizer has.
type TokenRule struct {
	Client string // the claim that names the client
	Claim  string // the claim that only an application's own token has
	Text   string // with this text, in which {client} stands for the client
}

// clientStands is where the client's name goes in a rule's text.
const clientStands = "{client}"

// tokenRule is the form of a rule: "client=azp; idtyp=app".
var tokenRule = regexp.MustCompile(`^client=([A-Za-z0-9_]+); ?([A-Za-z0-9_.:/-]+)=([!-:\x3c-~]*)$`)

// clientClaims are those by which issuers name the client, in users' tokens as well as in others.
var clientClaims = []string{"client_id", "azp", "cid", "appid"}

// Claims that tell nothing of whose a token is, in lower case.
var (
	// inAnyToken are in users' tokens, too, with the same values.
	inAnyToken = []string{
		"iss", "aud", "exp", "nbf", "iat", "jti", "typ", "ver", "tid", "token_use", "token_type", "acr", "amr", "azpacr", "appidacr", "auth_time", "sid",
	}
	// asked are those that a caller asks for, and what it was given.
	asked = []string{"scope", "scp", "roles", "permissions", "groups", "nonce", "state", "act", "may_act"}
	// ofProfiles are those of OpenID Connect Core, section 5.1, and the like: users fill them in.
	ofProfiles = []string{
		"name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture", "website", "email", "email_verified", "gender",
		"birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "updated_at", "username", "cognito:username",
		"upn", "unique_name", "login", "login_hint", "verified_primary_email", "verified_secondary_email",
	}
)

// serviceAccount is the one user name that tells an application: Keycloak's.
const serviceAccount = "service-account-" + clientStands

// ParseTokenRule reads a rule; "" is the rule for Auth0. A rule that a user's token could
// meet as well is refused.
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
		return TokenRule{}, fmt.Errorf("names the client by %q, which is not one of %s", rule.Client, strings.Join(clientClaims, ", "))
	}
	if why := rule.unfit(); why != "" {
		return TokenRule{}, fmt.Errorf("has a condition that tells no application from a user: %s", why)
	}
	return rule, nil
}

// unfit says why the condition could hold for a user's token.
func (r TokenRule) unfit() string {
	claim := strings.ToLower(r.Claim)
	switch {
	case r.Text == "":
		return r.Claim + " is empty"
	case strings.ContainsAny(strings.ReplaceAll(r.Text, clientStands, ""), "{}"):
		return fmt.Sprintf("%q has a brace that is not of %s", r.Text, clientStands)
	case slices.Contains(clientClaims, claim):
		return r.Claim + " names the client in any token"
	case slices.Contains(inAnyToken, claim):
		return r.Claim + " is the same in any token"
	case claim == "gty":
		return "gty is no proof alone"
	case slices.Contains(asked, claim), slices.Contains(ofProfiles, claim):
		return "what is in " + r.Claim + " can be chosen by a caller or a user"
	case claim == "sub" && !strings.Contains(r.Text, clientStands):
		return "sub has to be compared with " + clientStands
	case claim == "preferred_username" && r.Text != serviceAccount:
		return "users choose their preferred_username; only " + serviceAccount + " can be taken"
	}
	return ""
}
