package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/permission"
	"usher/localtenant"
	"usher/test/testkit"
)

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "limits.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLimitsOptions(t *testing.T) {
	tests := map[string]struct {
		args []string
		says string
	}{
		"without authentication":  {[]string{"-limits", "x"}, "-limits requires -auth iam or bearer"},
		"no such file":            {[]string{"-auth", "iam", "-limits", filepath.Join(t.TempDir(), "none")}, "no such file"},
		"an invalid document":     {[]string{"-auth", "iam", "-limits", written(t, `{"unlisted":"no","front_ends":[{"name":"a b"}]}`)}, "front_ends[0] has neither role nor client_id"},
		"an unknown redirect URI": {[]string{"-auth", "iam", "-limits", written(t, `{"unlisted":"allow","front_ends":[{"name":"a","client_id":"c","redirect_uris":["https://a.example/"]}]}`)}, "is not allowed by the deployment"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"-addr", testkit.FreeAddr(t), "-tenant-addr", testkit.FreeAddr(t)}, tt.args...)
			if err := realMain(t.Context(), args, keyPair, &testkit.Buffer{}); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

// Limits for the documented role apply to signed calls.
func TestLimitsApplyToTheLocalRole(t *testing.T) {
	file := written(t, `{"unlisted":"allow","front_ends":[{"name":"shop","role":{"account":"000000000000","name":"local"},"connections":["Elsewhere"]}]}`)
	set, err := settingsFor(options{tenantAddr: defaultTenantAddr}, noEnv)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := limitsFrom(file, set.config)
	if err != nil {
		t.Fatal(err)
	}
	op := api.Operation{Name: "x", Routes: []string{"GET /connections"}, Permissions: []permission.Name{permission.SignIn}}
	op.Handler = func(_ http.ResponseWriter, _ *http.Request, c api.Call) error {
		if err := c.FrontEnd.CheckConnection(localtenant.Connection); err == nil {
			t.Error("the role is not limited")
		}
		return nil
	}
	as := apitest.As(api.Principal{Caller: localRole})
	r := httptest.NewRequest("GET", "/connections", nil)
	api.Server{Authenticate: as, Limits: policy}.Handler(op).ServeHTTP(httptest.NewRecorder(), r)
}
