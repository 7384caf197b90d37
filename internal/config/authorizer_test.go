package config

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAuthorizerFromEnv(t *testing.T) {
	const issuer, audience = "https://tenant.example/", "https://usher.example/"
	tests := map[string]struct {
		env   map[string]string
		want  Authorizer
		wrong []string // parts of the error; nil for no error
	}{
		"minimal": {map[string]string{"FRONTEND_ISSUER": issuer, "FRONTEND_AUDIENCE": audience}, Authorizer{Issuer: issuer, Audience: audience}, nil},
		"all variables": {map[string]string{"FRONTEND_ISSUER": issuer, "FRONTEND_AUDIENCE": audience, "LOG_LEVEL": "warn", "METRICS_SERVICE": "usher"},
			Authorizer{Issuer: issuer, Audience: audience, LogLevel: slog.LevelWarn, MetricsService: "usher"}, nil},
		"nothing":          {nil, Authorizer{}, []string{"FRONTEND_ISSUER is missing", "FRONTEND_AUDIENCE is missing"}},
		"no issuer":        {map[string]string{"FRONTEND_AUDIENCE": audience}, Authorizer{Audience: audience}, []string{"FRONTEND_ISSUER is missing"}},
		"no audience":      {map[string]string{"FRONTEND_ISSUER": issuer}, Authorizer{Issuer: issuer}, []string{"FRONTEND_AUDIENCE is missing"}},
		"a trailing space": {map[string]string{"FRONTEND_ISSUER": issuer + " ", "FRONTEND_AUDIENCE": audience}, Authorizer{Issuer: issuer + " ", Audience: audience}, []string{"has spaces around it"}},
		"a token rule": {map[string]string{"FRONTEND_ISSUER": issuer, "FRONTEND_AUDIENCE": audience, "FRONTEND_TOKEN_RULE": "client=azp; idtyp=app"},
			Authorizer{Issuer: issuer, Audience: audience, TokenRule: TokenRule{"azp", "idtyp", "app"}}, nil},
		"an invalid rule and a missing audience": {map[string]string{"FRONTEND_ISSUER": issuer, "FRONTEND_TOKEN_RULE": "client=azp; iss=" + issuer},
			Authorizer{Issuer: issuer}, []string{"FRONTEND_AUDIENCE is missing", `FRONTEND_TOKEN_RULE "client=azp; iss=` + issuer + `" does not distinguish an application`}},
		"an unknown level": {map[string]string{"FRONTEND_ISSUER": issuer, "FRONTEND_AUDIENCE": audience, "LOG_LEVEL": "loud"}, Authorizer{Issuer: issuer, Audience: audience}, []string{`LOG_LEVEL "loud"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := AuthorizerFromEnv(func(name string) string { return tt.env[name] })
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if (err == nil) != (tt.wrong == nil) {
				t.Errorf("%v", err)
			}
			for _, want := range tt.wrong {
				if err != nil && !strings.Contains(err.Error(), want) {
					t.Errorf("%v lacks %q", err, want)
				}
			}
		})
	}
}
