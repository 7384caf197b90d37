package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/httpapi"
	"usher/internal/problem"
)

// Work outside of requests is logged as requests are, with its job.
func TestWork(t *testing.T) {
	var out bytes.Buffer
	log := httpapi.NewLog(&out, slog.LevelInfo, "runjob")
	ctx := httpapi.WithWork(t.Context(), httpapi.Work{RequestID: "r1", Caller: httpapi.Caller{Account: "1", ID: "arn"}, Actor: "auth0|ada", Job: "j1"})
	httpapi.CountProviderCall(ctx, httpapi.ProviderCall{Status: 429, Left: -1})
	httpapi.Audit(ctx, log, "user.update", "auth0|u", nil)
	httpapi.Audit(ctx, log, "user.update", "u@example.com", problem.UserNotFound.New("No."))
	httpapi.Audit(ctx, log, "user.update", "auth0|u", problem.PartlyUpdated.New("No."))
	httpapi.Audit(ctx, log, "user.update", "auth0|u", problem.ProviderTimeout.New("No."))
	httpapi.LogWork(ctx, log, "job", nil, slog.Int("leg", 1))
	httpapi.LogWork(ctx, log, "job", errors.New("broken"))
	var got []string
	for line := range strings.Lines(out.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		if fields["request_id"] != "r1" || fields["job"] != "j1" {
			t.Error(line)
		}
		text := fields["level"].(string)
		for _, name := range []string{"change", "user", "actor", "caller", "account", "outcome", "problem", "leg", "error", "provider_throttled"} {
			if value, ok := fields[name]; ok {
				encoded, _ := json.Marshal(value)
				text += " " + name + "=" + string(encoded)
			}
		}
		got = append(got, text)
	}
	const audit = `actor="auth0|ada" caller="arn" account="1"`
	want := []string{
		`AUDIT change="user.update" user="auth0|u" ` + audit + ` outcome="done"`,
		`AUDIT change="user.update" user="sha256:7615aafcb45bcc85" ` + audit + ` outcome="refused" problem="user-not-found"`,
		`AUDIT change="user.update" user="auth0|u" ` + audit + ` outcome="partly" problem="partly-updated"`,
		`AUDIT change="user.update" user="auth0|u" ` + audit + ` outcome="failed" problem="provider-timeout"`,
		`INFO leg=1 provider_throttled=1`,
		`ERROR error="broken" provider_throttled=1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
