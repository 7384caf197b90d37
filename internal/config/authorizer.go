package config

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Authorizer is the configuration of the function that checks front-ends' bearer tokens. It
// needs no secret.
type Authorizer struct {
	Issuer         string     // FRONTEND_ISSUER: the tokens' issuer, compared exactly
	Audience       string     // FRONTEND_AUDIENCE: the tokens' audience, compared exactly
	TokenRule      TokenRule  // FRONTEND_TOKEN_RULE: how to recognize an application's own token
	LogLevel       slog.Level // LOG_LEVEL
	MetricsService string     // METRICS_SERVICE
}

// AuthorizerFromEnv reads the authorizer's configuration. Its error lists all faults.
func AuthorizerFromEnv(getenv func(string) string) (Authorizer, error) {
	a := Authorizer{
		Issuer: getenv("FRONTEND_ISSUER"), Audience: getenv("FRONTEND_AUDIENCE"), MetricsService: getenv("METRICS_SERVICE"),
	}
	var faults []error
	for name, value := range map[string]string{"FRONTEND_ISSUER": a.Issuer, "FRONTEND_AUDIENCE": a.Audience} {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is missing", name))
		} else if strings.TrimSpace(value) != value {
			faults = append(faults, fmt.Errorf("%s %q has spaces around it", name, value))
		}
	}
	rule := getenv("FRONTEND_TOKEN_RULE")
	var err error
	if a.TokenRule, err = ParseTokenRule(rule); err != nil {
		faults = append(faults, fmt.Errorf("FRONTEND_TOKEN_RULE %q %w", rule, err))
	}
	a.LogLevel, err = logLevel(getenv)
	return a, errors.Join(append(faults, err)...)
}

func logLevel(getenv func(string) string) (level slog.Level, err error) {
	if text := getenv("LOG_LEVEL"); text != "" && level.UnmarshalText([]byte(text)) != nil {
		return level, fmt.Errorf("LOG_LEVEL %q is not one of debug, info, warn, error", text)
	}
	return level, nil
}
