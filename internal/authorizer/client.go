package authorizer

import (
	"strings"
	"unicode"
)

const maxCaller = 256 // bytes

// Rule defines how to recognize an application's own token. Users' tokens must be refused:
// any user of an application could request a token for this service with the application's
// scopes. The zero value is the rule for Auth0.
type Rule struct {
	Client string // the claim with the client ID
	Claim  string // a claim that only an application's own token has
	Text   string // the value of Claim, in which {client} is replaced by the client ID
}

// caller returns the client ID of an application's own token.
func (o object) caller(rule Rule) (string, *Refusal) {
	if rule == (Rule{}) {
		return o.auth0Client()
	}
	if !o.has(rule.Client) {
		return "", refuse(OfAUser, "it has no "+rule.Client)
	}
	client, refusal := o.name(rule.Client)
	if refusal != nil {
		return "", refusal
	}
	if value, ok := o.text(rule.Claim); !ok || value != strings.ReplaceAll(rule.Text, "{client}", client) {
		return "", refuse(OfAUser, "its "+rule.Claim+" is not that of an application's own token").of(client)
	}
	return client, nil
}

// auth0Client recognizes an application's own token by sub: "CLIENT@clients", or the client
// ID (RFC 9068, section 2.2). A user's sub is "CONNECTION|ID". The client ID is in azp or
// client_id, depending on the API's token profile
// (https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles). gty is only in
// some tokens, so it is checked but not required.
func (o object) auth0Client() (string, *Refusal) {
	client := ""
	for _, claim := range []string{"client_id", "azp"} {
		if !o.has(claim) {
			continue
		}
		name, refusal := o.name(claim)
		switch {
		case refusal != nil:
			return "", refusal
		case client != "" && name != client:
			return "", refuse(NoCaller, "client_id and azp differ")
		}
		client = name
	}
	if client == "" {
		return "", refuse(OfAUser, "it has neither client_id nor azp")
	}
	if subject, ok := o.text("sub"); !ok || subject != client && subject != client+"@clients" {
		return "", refuse(OfAUser, "its sub is not the client").of(client)
	}
	if grant, ok := o.text("gty"); o.has("gty") && (!ok || grant != "client-credentials") {
		return "", refuse(OfAUser, "its gty is not client-credentials").of(client)
	}
	return client, nil
}

// name returns a claim with a client ID. It rejects quotation marks and backslashes, because
// the gateway writes the ID to its access log without escaping.
func (o object) name(claim string) (string, *Refusal) {
	id, ok := o.text(claim)
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == '"' || r == '\\' }
	if !ok || id == "" || len(id) > maxCaller || strings.ContainsFunc(id, odd) {
		return "", refuse(NoCaller, claim+" is not a name")
	}
	return id, nil
}
