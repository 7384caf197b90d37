package boot

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"usher/internal/config"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
)

// measured holds the metrics of one line that these tests check.
type measured struct {
	Service, Operation, Code                                          string
	Requests, Faults, ColdStarts, TokenFetches, ProviderCalls         int
	CredentialsRefused, SecretFailures, ProviderRetries, ProviderLeft int
}

func measuredIn(t *testing.T, log string) (all []measured) {
	t.Helper()
	for line := range strings.Lines(log) {
		if !strings.Contains(line, `"_aws"`) {
			continue
		}
		var m measured
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

func TestFunctionMeasures(t *testing.T) {
	cfg := configured()
	cfg.MetricsService = "prod-usher"
	cfg.LogLevel = slog.LevelError // the level must not affect metrics
	tenant := tenanttest.Start(t)
	startVault(t, 200, secretOf(tenant.URL, localtenant.ClientSecret))
	serve, log := function(cfg, nil, getUser)
	serve(t, event("/users/auth0%7C65e19a100000000000000001"))
	serve(t, event("/users/auth0%7Cnobody"))
	want := []measured{
		{Service: "prod-usher", Operation: "GET /users/{id}", Requests: 1, ColdStarts: 1, TokenFetches: 1, ProviderCalls: 2},
		{Service: "prod-usher", Operation: "GET /users/{id}", Code: "user-not-found", Requests: 1, ProviderCalls: 1},
	}
	got := measuredIn(t, log.String())
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestFunctionMeasuresItsFailures(t *testing.T) {
	tests := map[string]struct {
		wrong  error
		status int
		answer map[string]string
		want   func(measured) bool
	}{
		"a wrong configuration": {errors.New("wrong"), 200, nil, func(m measured) bool { return m.Code == "service-misconfigured" && m.Faults == 1 }},
		"no secret": {nil, 400, map[string]string{"__type": "ResourceNotFoundException"}, func(m measured) bool {
			return m.Code == "service-misconfigured" && m.SecretFailures > 0
		}},
		"refused credentials": {nil, 200, nil, func(m measured) bool { return m.Code == "service-misconfigured" && m.CredentialsRefused > 0 }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := tenanttest.Start(t)
			if tt.answer == nil {
				tt.answer = secretOf(tenant.URL, "wrong")
			}
			startVault(t, tt.status, tt.answer)
			cfg := configured()
			cfg.MetricsService = "prod-usher"
			serve, log := function(cfg, tt.wrong, getUser)
			serve(t, event("/users/x"))
			if got := measuredIn(t, log.String()); len(got) != 1 || !tt.want(got[0]) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Outside AWS nothing reads metrics.
func TestNoMetricsOnADevelopersMachine(t *testing.T) {
	for name, cfg := range map[string]config.Config{"the local server": {}, "sam local": {MetricsService: "usher", SAMLocal: true}} {
		if measures(cfg, nil) != nil {
			t.Errorf("%s writes metrics", name)
		}
	}
}
