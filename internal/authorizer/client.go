package authorizer

import (
	"strings"
	"unicode"
)

const maxCaller = 256 // bytes

// Rule says by which claims a token is an application's own, and no user's: any user of an
// application may ask for a token for this service, and hold all scopes that the application
// asks for. The zero value is Auth0's rule.
type Rule struct {
	Client string // the claim that names the client
	Claim  string // the claim that only an application's own token has
	Text   string // with this text, in which {client} stands for the client
}

// caller is the application that the token was issued to, for itself.
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
	if said, ok := o.text(rule.Claim); !ok || said != strings.ReplaceAll(rule.Text, "{client}", client) {
		return "", refuse(OfAUser, "its "+rule.Claim+" is not that of an application's own token").of(client)
	}
	return client, nil
}

// auth0Client knows an application's own token by its sub: "CLIENT@clients", or the client itself
// (RFC 9068, section 2.2). A user's is "CONNECTION|ID". The client stands in azp or client_id, by the
// API's token profile (https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles).
// gty is in some tokens only, so that it can refuse one and not admit it.
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
			return "", refuse(NoCaller, "client_id and azp name two clients")
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

// name is a claim that can name a client. The gateway writes the name into its access log between quotation
// marks, as it is.
func (o object) name(claim string) (string, *Refusal) {
	id, ok := o.text(claim)
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == '"' || r == '\\' }
	if !ok || id == "" || len(id) > maxCaller || strings.ContainsFunc(id, odd) {
		return "", refuse(NoCaller, claim+" is not a name")
	}
	return id, nil
}
