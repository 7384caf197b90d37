package auth0

import (
	"context"
	"fmt"
	"strings"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/tidwall/gjson"

	"usher/internal/problem"
)

// passwordFault returns the reason for a refused password, in our terms; "" if the
// provider's message is about something else.
func passwordFault(message string) string {
	for name, fault := range map[string]string{
		"PasswordStrengthError":   "is not strong enough",
		"PasswordHistoryError":    "was used before",
		"PasswordDictionaryError": "is too common",
		"PasswordNoUserInfoError": "contains a part of the user's name or address",
	} {
		if strings.Contains(message, name) {
			return fault
		}
	}
	return ""
}

// explainPolicyOf is explainPolicy for a user whose connection is unknown.
func (u Users) explainPolicyOf(ctx context.Context, err error, id string) error {
	if !problem.Is(err, problem.PasswordTooWeak) {
		return err
	}
	user, lookupErr := u.read(ctx, id)
	if lookupErr != nil {
		return err
	}
	if place := passwordIdentity(user); place >= 0 {
		return u.explainPolicy(ctx, err, user.Identities[place].Connection)
	}
	return err
}

// explainPolicy adds the rules of the connection's policy to a refused password, since the
// provider's response lacks them. This takes another call; if that fails, it returns err unchanged.
func (u Users) explainPolicy(ctx context.Context, err error, connection string) error {
	if !problem.Is(err, problem.PasswordTooWeak) {
		return err
	}
	body, lookupErr := call(ctx, func(ctx context.Context) (any, error) {
		return u.client.connections.List(ctx, &management.ListConnectionsQueryParameters{Name: &connection})
	})
	if lookupErr != nil {
		return err
	}
	r := u.client.reading(ctx)
	_, found, lookupErr := r.list(body, "connections")
	if lookupErr != nil || len(found) == 0 {
		return err
	}
	p := problem.From(err)
	for _, rule := range r.policy(found[0].Get("options")).rules() {
		p.Fields = append(p.Fields, problem.Field{Field: "password", Detail: rule})
	}
	return err
}

// policyOptions are the password options of a database connection
// (https://auth0.com/docs/authenticate/database-connections/password-options).
type policyOptions struct {
	policy         string
	minLength      int
	history        int // the number of previous passwords that are refused; 0 for none
	noPersonalInfo bool
	dictionary     bool
}

func (r *reading) policy(options gjson.Result) policyOptions {
	isOn := func(name string) bool { return r.isTrue("options."+name, options.Get(name+".enable"), false) }
	o := policyOptions{
		policy:         r.text("options.passwordPolicy", options.Get("passwordPolicy")),
		noPersonalInfo: isOn("password_no_personal_info"),
		dictionary:     isOn("password_dictionary"),
	}
	o.minLength, _ = r.count("options.password_complexity_options.min_length", options.Get("password_complexity_options.min_length"))
	if isOn("password_history") {
		o.history, _ = r.count("options.password_history.size", options.Get("password_history.size"))
	}
	return o
}

// rules returns the policy as sentences.
func (o policyOptions) rules() []string {
	lengths := map[string]int{"low": 6, "fair": 8, "good": 8, "excellent": 10}
	length := max(lengths[o.policy], 1)
	if o.minLength > 0 {
		length = o.minLength
	}
	rules := []string{fmt.Sprintf("must have at least %d characters", length)}
	switch o.policy {
	case "fair":
		rules = append(rules, "must have a lower-case letter, an upper-case letter and a digit")
	case "good", "excellent":
		rules = append(rules, "must have three of: a lower-case letter, an upper-case letter, a digit, another character")
	}
	optional := []struct {
		on   bool
		rule string
	}{
		{o.policy == "excellent", "must not have a character more than twice in a row"},
		{o.history > 0, fmt.Sprintf("must not be one of the last %d", o.history)},
		{o.noPersonalInfo, "must not contain the user's name or address"},
		{o.dictionary, "must not be a common password"},
	}
	for _, option := range optional {
		if option.on {
			rules = append(rules, option.rule)
		}
	}
	return rules
}
