package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/auth0/go-auth0/v3/management"

	"usher/internal/problem"
)

// passwordFault says what a refused password did, in our words; "" where the
// provider's message is about something else.
func passwordFault(message string) string {
	for name, fault := range map[string]string{
		"PasswordStrengthError":   "is not strong enough",
		"PasswordHistoryError":    "was used before",
		"PasswordDictionaryError": "is too common",
		"PasswordNoUserInfoError": "holds a part of the user's own name or address",
	} {
		if strings.Contains(message, name) {
			return fault
		}
	}
	return ""
}

// explainPolicyOf is explainPolicy for a user whose connection is not known.
func (u Users) explainPolicyOf(ctx context.Context, err error, id string) error {
	if !problem.Is(err, problem.PasswordTooWeak) {
		return err
	}
	user, lookupErr := u.User(ctx, id)
	if lookupErr != nil {
		return err
	}
	for _, identity := range user.Identities {
		if identity.Provider == "auth0" {
			return u.explainPolicy(ctx, err, identity.Connection)
		}
	}
	return err
}

// explainPolicy adds to a refused password what the connection's policy asks,
// which the provider does not say. It costs a call, on this path alone; where
// that fails, the refusal stands without.
func (u Users) explainPolicy(ctx context.Context, err error, connection string) error {
	if !problem.Is(err, problem.PasswordTooWeak) {
		return err
	}
	found, lookupErr := u.client.connections.List(ctx, &management.ListConnectionsQueryParameters{Name: &connection})
	if lookupErr != nil || len(found.Results) == 0 {
		return err
	}
	p := problem.From(err)
	for _, rule := range rulesIn(found.Results[0].GetOptions()) {
		p.Fields = append(p.Fields, problem.Field{Field: "password", Detail: rule})
	}
	return err
}

// policyOptions are a database connection's options about passwords
// (https://auth0.com/docs/authenticate/database-connections/password-options).
type policyOptions struct {
	Policy     string `json:"passwordPolicy"`
	Complexity struct {
		MinLength int `json:"min_length"`
	} `json:"password_complexity_options"`
	History struct {
		Enable bool `json:"enable"`
		Size   int  `json:"size"`
	} `json:"password_history"`
	NoPersonalInfo struct {
		Enable bool `json:"enable"`
	} `json:"password_no_personal_info"`
	Dictionary struct {
		Enable bool `json:"enable"`
	} `json:"password_dictionary"`
}

func rulesIn(options map[string]any) []string {
	var policy policyOptions
	encoded, err := json.Marshal(options)
	if err != nil || json.Unmarshal(encoded, &policy) != nil {
		return nil
	}
	return policy.rules()
}

// rules puts the policy into words.
func (o policyOptions) rules() []string {
	lengths := map[string]int{"low": 6, "fair": 8, "good": 8, "excellent": 10}
	length := max(lengths[o.Policy], 1)
	if o.Complexity.MinLength > 0 {
		length = o.Complexity.MinLength
	}
	rules := []string{fmt.Sprintf("must have at least %d characters", length)}
	switch o.Policy {
	case "fair":
		rules = append(rules, "must have a lower-case letter, an upper-case letter and a digit")
	case "good", "excellent":
		rules = append(rules, "must have three of: a lower-case letter, an upper-case letter, a digit, another character")
	}
	optional := []struct {
		on   bool
		rule string
	}{
		{o.Policy == "excellent", "may not have a character more than twice in a row"},
		{o.History.Enable, fmt.Sprintf("may not be one of the last %d", o.History.Size)},
		{o.NoPersonalInfo.Enable, "may not hold the user's own name or address"},
		{o.Dictionary.Enable, "may not be a common password"},
	}
	for _, option := range optional {
		if option.on {
			rules = append(rules, option.rule)
		}
	}
	return rules
}
